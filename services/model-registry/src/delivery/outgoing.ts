import { VERSION } from '@millrace/platform/version';
import { fillTemplate } from './body-template.ts';
import type { Outgoing } from './post.ts';
import { mlflowSignature, standardSignature } from './sign.ts';

/** What is sent to whom; the secrets are opened. */
export type Target = {
  readonly workspace: string;
  readonly url: string;
  /** The newest first; each signs. */
  readonly secrets: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyTemplate: string | null;
};

export type Occurrence = {
  readonly messageId: string;
  readonly mlflow: boolean;
  readonly topic: string;
  readonly payload: string;
  readonly occurredAt: Date;
};

/** `id` is that of the delivery, the same in every attempt; only the timestamp, and with it the signature, is new in each. */
export function outgoing(target: Target, occurrence: Occurrence, id: string, nowMs: number): Outgoing {
  const { event, attributes } = rendered(target.workspace, occurrence);
  const { bodyTemplate: template } = target;
  const body = template === null ? event : fillTemplate(template, JSON.parse(event));
  const type = occurrence.mlflow || template !== null ? 'application/json' : 'application/cloudevents+json';
  const timestamp = String(Math.floor(nowMs / 1_000));
  return {
    url: target.url,
    body,
    headers: {
      'user-agent': `Millrace/${VERSION}`,
      accept: '*/*',
      ...target.headers,
      'content-type': type,
      ...attributes,
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'x-mlflow-delivery-id': id,
      'x-mlflow-timestamp': timestamp,
      ...signatures(target.secrets, { id, timestamp, body }),
    },
  };
}

function signatures(secrets: readonly string[], message: { id: string; timestamp: string; body: string }) {
  const [newest] = secrets;
  if (newest === undefined) return {};
  return {
    'x-mlflow-signature': mlflowSignature(newest, message),
    'webhook-signature': secrets.map((secret) => standardSignature(secret, message)).join(' '),
  };
}

type Rendered = { readonly event: string; readonly attributes: Readonly<Record<string, string>> };
const RENDERED = new WeakMap<Occurrence, Rendered>();

/** The same for all who get it, so it is made once. */
function rendered(workspace: string, occurrence: Occurrence): Rendered {
  const known = RENDERED.get(occurrence);
  if (known) return known;
  const made = { event: envelope(occurrence), attributes: cloudEventHeaders(workspace, occurrence) };
  RENDERED.set(occurrence, made);
  return made;
}

/** MLflow's events get their envelope; ours have theirs. */
function envelope({ mlflow, topic, payload, occurredAt }: Occurrence): string {
  if (!mlflow) return payload;
  const [entity = '', action = ''] = topic.split('.');
  const timestamp = occurredAt.toISOString().replace('Z', '000+00:00');
  return `{"entity":"${entity}","action":"${action}","timestamp":"${timestamp}","data":${payload}}`;
}

function cloudEventHeaders(workspace: string, { messageId, mlflow, topic, payload, occurredAt }: Occurrence) {
  const event = mlflow ? {} : (JSON.parse(payload) as Readonly<Record<string, unknown>>);
  const attributes = {
    specversion: '1.0',
    id: messageId,
    type: `io.millrace.${mlflow ? 'mlflow.' : ''}${topic}.v1`,
    source: `/workspaces/${workspace}/model-registry`,
    time: occurredAt.toISOString(),
    ...event,
  };
  const texts = Object.entries(attributes).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== 'datacontenttype',
  );
  return Object.fromEntries(texts.map(([name, text]) => [`ce-${name}`, printable(text)]));
}

/** CloudEvents' HTTP binding: percent-encoded is what is not printable ASCII, and blanks, quotes and percent signs. */
function printable(text: string): string {
  return text.toWellFormed().replaceAll(/[^!#$&-~]/gu, (character) => encodeURIComponent(character));
}
