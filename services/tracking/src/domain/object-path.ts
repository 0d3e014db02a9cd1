import { InvalidParameterError } from '@millrace/platform/errors';

/**
 * Where the artifact proxy keeps what lies at an artifact URI. Only that is within our reach: `mlflow-artifacts:/1/…`,
 * whatever host it names.
 */
export function objectPath(uri: string): string {
  const match = /^mlflow-artifacts:(?:\/\/[^/]*)?\/?([^?]*)/.exec(uri);
  if (match) return decoded(match[1] ?? '');
  throw new InvalidParameterError(
    `Artifacts at '${uri}' are out of reach: this server holds only artifacts below 'mlflow-artifacts:/'. ` +
      'Use a client that reaches their store.',
  );
}

/** Clients put the URI's path into the path of a URL as it is, so what is escaped in it arrives decoded at the proxy. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
