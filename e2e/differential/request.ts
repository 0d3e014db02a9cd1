export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** A request that goes to both servers. `<run>` in a text stands for what the server in question answered as its `run`. */
export type Request = {
  readonly verb: string;
  readonly path: string;
  readonly query?: readonly (readonly [string, string])[];
  readonly body?: Json;
  /** Instead of a body: sent as it is. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What later requests call by these names, and where it stands in the answer: `run.info.run_id`. */
  readonly keep?: Readonly<Record<string, string>>;
};

const ROOT = '/api/2.0/mlflow/';

export const post = (path: string, body: Json, keep: Request['keep'] = {}): Request => ({
  verb: 'POST',
  path: `${ROOT}${path}`,
  body,
  keep,
});

export const withBody = (verb: string, path: string, body: Json): Request => ({ verb, path: `${ROOT}${path}`, body });

/** Lists come several times. */
export function get(path: string, query: Readonly<Record<string, string | readonly string[]>> = {}): Request {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, String(one)] as const),
  );
  return { verb: 'GET', path: `${ROOT}${path}`, query: pairs };
}

/** How rules and reports call an endpoint: `POST runs/create`, `GET logged-models/<model>`. */
export const endpointOf = ({ verb, path }: Request): string => `${verb} ${path.replace(ROOT, '')}`;
