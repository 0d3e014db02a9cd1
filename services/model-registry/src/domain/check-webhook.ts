import { InvalidParameterError } from '@millrace/platform/errors';

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const MAX_URL = 2_048;
const MAX_SECRET = 1_024;
const MAX_TEMPLATE = 16_384;
const MAX_DEPTH = 32;
const MAX_HEADER = 2_048;

/** Throws InvalidParameterError, as does everything here. */
export function checkWebhookName(name: string): void {
  if (NAME.test(name)) return;
  throw new InvalidParameterError(
    `Webhook name '${name}' is invalid. It must have 1 to 63 letters, digits, '.', '_' or '-', and begin and end with a ` +
      'letter or a digit',
  );
}

/** The host, for whoever looks up where it leads. */
export function checkWebhookUrl(url: string, schemes: readonly string[]): string {
  if (url.trim() === '') throw new InvalidParameterError('Webhook URL cannot be empty or just whitespace');
  if (url.length > MAX_URL)
    throw new InvalidParameterError(`'url' exceeds the maximum length of ${MAX_URL} characters`);
  const [, scheme = '', authority = ''] = /^\s*(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?/i.exec(url) ?? [];
  const parsed = URL.parse(url);
  if (authority !== '' && parsed === null) throw new InvalidParameterError(`Invalid webhook URL: '${url}'`);
  if (!schemes.includes(scheme.toLowerCase())) {
    throw new InvalidParameterError(
      `Invalid webhook URL scheme: '${scheme}'. Allowed schemes are: ${schemes.join(', ')}`,
    );
  }
  if (authority === '' || parsed === null) {
    throw new InvalidParameterError(`Invalid webhook URL: it must include a hostname, '${url}' has none`);
  }
  if (parsed.username || parsed.password) {
    throw new InvalidParameterError("Invalid webhook URL: put credentials into 'headers', where nobody can read them");
  }
  return parsed.hostname.replace(/^\[|\]$/g, '');
}

export function checkSecret(secret: string): void {
  if (secret.length > MAX_SECRET) {
    throw new InvalidParameterError(`'secret' exceeds the maximum length of ${MAX_SECRET} characters`);
  }
}

/** JSON whose outermost value is an object, as every receiver takes it. */
export function checkBodyTemplate(template: string): void {
  if (template.length > MAX_TEMPLATE) {
    throw new InvalidParameterError(`'body_template' exceeds the maximum length of ${MAX_TEMPLATE} characters`);
  }
  if (depthOf(template) > MAX_DEPTH) {
    throw new InvalidParameterError(`'body_template' must not be nested more than ${MAX_DEPTH} levels deep`);
  }
  if (!isJsonObject(template)) {
    throw new InvalidParameterError(
      `'body_template' must be a JSON object with placeholders in its texts, such as {"stage": "{{data.to_stage}}"}`,
    );
  }
}

/** Looked at before parsing: what fills the template goes as deep as it does. */
function depthOf(json: string): number {
  let [depth, deepest] = [0, 0];
  for (const [character] of json.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/[{}[\]]/g)) {
    depth += character === '{' || character === '[' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function isJsonObject(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json);
  } catch {
    return false;
  }
}

/** Ours, and those that say where the message ends. */
const RESERVED =
  /^(host|connection|keep-alive|te|trailer|upgrade|expect|proxy-.*|transfer-encoding|content-.*|webhook-.*|x-mlflow-.*|ce-.*)$/;

export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name) || RESERVED.test(name.toLowerCase())) {
      throw new InvalidParameterError(`'headers' cannot set '${name}'`);
    }
    if (value.length > MAX_HEADER || !/^[\x20-\x7e]*$/.test(value)) {
      throw new InvalidParameterError(`'headers.${name}' must be at most ${MAX_HEADER} printable ASCII characters`);
    }
  }
}
