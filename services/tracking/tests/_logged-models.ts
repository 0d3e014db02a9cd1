import type { Answer, TrackingService } from './_service.ts';

export type Model = {
  readonly info: Readonly<Record<string, unknown>> & {
    readonly model_id: string;
    readonly last_updated_timestamp_ms: number;
  };
  readonly data: { readonly params?: unknown; readonly metrics?: readonly Readonly<Record<string, unknown>>[] };
};

/** Calls on logged models; `path` begins behind `logged-models`. */
export function loggedModels(service: TrackingService) {
  const call = (verb: string, path: string, body?: unknown): Promise<Answer> =>
    service.call(verb, `/api/2.0/mlflow/logged-models${path}`, body);
  const modelOf = ({ body }: Answer) => body['model'] as Model;
  return {
    call,
    modelOf,
    async create(request: Record<string, unknown>): Promise<Model> {
      return modelOf(await call('POST', '', request));
    },
    async get(id: string): Promise<Model> {
      return modelOf(await call('GET', `/${id}`));
    },
    search: (request: Record<string, unknown>) => call('POST', '/search', request),
  };
}
