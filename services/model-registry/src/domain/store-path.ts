import { percentDecoded } from './source-uri.ts';

const SERVED =
  /^(?:mlflow-artifacts:(?:\/\/[^/?#]*)?|https?:\/\/[^?#]*?\/mlflow-artifacts\/artifacts(?=[/?#]|$))([^?#]*)/i;

/** The path below which the artifact proxy keeps what is at an address; undefined where it is kept elsewhere. */
export function pathInStore(uri: string): string | undefined {
  const [, path] = SERVED.exec(uri) ?? [];
  return path === undefined ? undefined : segmentsOf(path).join('/');
}

/** Whether what is at one address lies at or below another, both in the store of the artifact proxy. */
export function liesIn(uri: string, root: string): boolean {
  const [inner, outer] = [pathInStore(uri), pathInStore(root)];
  if (!inner || !outer) return false;
  return inner === outer || inner.startsWith(`${outer}/`);
}

const segmentsOf = (path: string) => percentDecoded(path).split('/').filter(Boolean);
