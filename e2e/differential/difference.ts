import type { Reply } from './exchange.ts';
import type { Request } from './request.ts';

export type Difference = {
  /** `POST runs/create` */
  readonly endpoint: string;
  readonly request: Request;
  readonly mlflow: Reply;
  readonly millrace: Reply;
  /** Where the answers part: `status`, `error_code`, or a place in the body, `.run.data.tags`. */
  readonly at: string;
};

/** `400 INVALID_PARAMETER_VALUE: Missing value …`, or only the status of what is no error. */
export function message({ status, body }: Reply): string {
  const { error_code: code, message: words } = isObject(body) ? body : {};
  return code === undefined ? `${status}` : `${status} ${String(code)}: ${String(words)}`;
}

/** One line for people. */
export function describeDifference({ endpoint, request, mlflow, millrace, at }: Difference): string {
  const sent = JSON.stringify(request.raw ?? request.body ?? request.query).replaceAll(/(.)\1{49,}/g, '$1…');
  const [theirs, ours] = [mlflow, millrace].map((reply) => message(reply).slice(0, 200));
  return `${endpoint} ${sent.slice(0, 300)} differs in ${at}: MLflow ${theirs}, Millrace ${ours}`;
}

export type Fields = Readonly<Record<string, unknown>>;
export const isObject = (json: unknown): json is Fields =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
