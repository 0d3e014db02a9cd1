import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { parseKeys } from './delivery/seal.ts';

const count = z.coerce.number().int().positive();
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);
/** Python's spelling is understood too. */
const flag = z
  .string()
  .regex(/^(true|false|1|0)$/i, "must be 'true' or 'false'")
  .transform((text) => /^(true|1)$/i.test(text));
const schemes = list.pipe(
  z.array(
    z
      .string()
      .toLowerCase()
      .pipe(z.enum(['http', 'https'])),
  ),
);

const cidrs = list.transform((texts, context) => {
  const blocks = new BlockList();
  for (const text of texts) {
    const [address = '', bits = ''] = text.split('/');
    const family = isIP(address);
    const max = family === 4 ? 32 : 128;
    const length = bits === '' ? max : Number(bits);
    if (family === 0 || !/^\d*$/.test(bits) || length > max) {
      context.addIssue({ code: 'custom', message: `'${text}' is no address range such as 10.0.0.0/8` });
    } else blocks.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
  }
  return blocks;
});

const keys = z.string().transform((text, context) => {
  try {
    return parseKeys(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

/** Ours first; the names MLflow's server gave to the same settings are understood too. */
export const webhookEnv = {
  WEBHOOK_SECRET_ENCRYPTION_KEY: keys.optional(),
  MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: keys.optional(),
  WEBHOOK_ALLOWED_SCHEMES: schemes.optional(),
  MLFLOW_WEBHOOK_ALLOWED_SCHEMES: schemes.optional(),
  WEBHOOK_ALLOW_PRIVATE_IPS: flag.optional(),
  MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: flag.optional(),
  WEBHOOK_ALLOWED_HOSTS: list.optional(),
  WEBHOOK_ALLOWED_CIDRS: cidrs.optional(),
  WEBHOOK_DELIVERY_CONCURRENCY: count.max(1_000).optional(),
  MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS: count.max(1_000).optional(),
  WEBHOOK_REQUEST_TIMEOUT_SECONDS: count.max(300).optional(),
  MLFLOW_WEBHOOK_REQUEST_TIMEOUT: count.max(300).optional(),
  WEBHOOK_MAX_RETRIES: z.coerce.number().int().min(0).optional(),
  MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES: z.coerce.number().int().min(0).optional(),
  WEBHOOK_DISABLE_AFTER_DAYS: count.default(5),
  WEBHOOK_RETENTION_DAYS: z.coerce.number().int().min(7).default(14),
  WEBHOOK_MAX_PENDING: count.default(100_000),
};

type Parsed = z.infer<z.ZodObject<typeof webhookEnv>>;

/** How webhooks may be reached and how hard is tried. */
export function webhookConfig(env: Parsed) {
  return {
    /** null: secrets cannot be kept. */
    keys: env.WEBHOOK_SECRET_ENCRYPTION_KEY ?? env.MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY ?? null,
    receivers: {
      schemes: env.WEBHOOK_ALLOWED_SCHEMES ?? env.MLFLOW_WEBHOOK_ALLOWED_SCHEMES ?? ['https'],
      allowPrivate: env.WEBHOOK_ALLOW_PRIVATE_IPS ?? env.MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS ?? false,
      /** In which `*` stands for anything; their addresses need not be public. */
      hosts: env.WEBHOOK_ALLOWED_HOSTS ?? [],
      cidrs: env.WEBHOOK_ALLOWED_CIDRS ?? new BlockList(),
    },
    concurrency: env.WEBHOOK_DELIVERY_CONCURRENCY ?? env.MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS ?? 64,
    timeoutMs: (env.WEBHOOK_REQUEST_TIMEOUT_SECONDS ?? env.MLFLOW_WEBHOOK_REQUEST_TIMEOUT ?? 20) * 1_000,
    /** null: as many as the schedule has. */
    maxRetries: env.WEBHOOK_MAX_RETRIES ?? env.MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES ?? null,
    disableAfterDays: env.WEBHOOK_DISABLE_AFTER_DAYS,
    retentionDays: env.WEBHOOK_RETENTION_DAYS,
    maxPending: env.WEBHOOK_MAX_PENDING,
  };
}

export type WebhookConfig = ReturnType<typeof webhookConfig>;
