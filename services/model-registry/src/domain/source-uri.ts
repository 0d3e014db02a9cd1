import { fromCode } from '@millrace/platform/errors';

export type SourceUri = {
  /** Lower case; empty where there is none. */
  readonly scheme: string;
  /** Lower case, without user and port. */
  readonly host: string;
  /** As written: neither decoded nor normalised. */
  readonly path: string;
};

/** Never fails: what looks like no URI is a path. Takes text apart as Python does, since that is who made MLflow's URIs. */
export function splitUri(text: string): SourceUri {
  const clean = text.replace(/^[\0-\x20]+/, '').replace(/[\t\r\n]/g, '');
  const [, scheme = '', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):)?(.*)$/is.exec(clean) ?? [];
  const [, , authority = '', path = ''] = /^(\/\/([^/?#]*))?([^?#]*)/.exec(rest) ?? [];
  const host = authority.replace(/^.*@/, '').replace(/:\d*$/, '').toLowerCase();
  return { scheme: scheme.toLowerCase(), host, path };
}

/** Local = a file of the machine that said it, which is not this one. Throws for files of a third machine. */
export function isLocal(source: string): boolean {
  const { scheme, host } = splitUri(source);
  if (scheme === '') return true;
  if (scheme !== 'file') return false;
  if (host === '' || host === '.' || host.startsWith('localhost') || host.startsWith('127.0.0.1')) return true;
  // MLflow's answer and MLflow's code
  throw fromCode(
    'INTERNAL_ERROR',
    `${source} is not a valid remote uri. For remote access on windows, please consider using a different scheme such as SMB ` +
      '(e.g. smb://<hostname>/<path>).',
  );
}

/** The absolute path a local source means, or undefined for a relative one: relative to what, nobody here knows. */
export function localPath(source: string): string | undefined {
  const { scheme, path } = splitUri(source);
  const local = scheme === '' ? source : percentDecoded(path);
  return local.startsWith('/') ? local : undefined;
}

/** Once; what does not decode stays. */
export function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());
}
