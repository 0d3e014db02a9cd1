import { randomUUID } from 'node:crypto';
import { currentTraceparent, validTraceparent } from '../telemetry/tracing.ts';

export type Identity = { readonly actor: string; readonly workspace: string };

/** What a handler knows about the call beside its request; nothing in it tells REST from gRPC. */
export type Context = Identity & {
  readonly requestId: string;
  /** Aborted when the caller goes away or its deadline has passed. */
  readonly signal: AbortSignal;
  /** Set where the rpc's permission is a `filter`: the answer may hold only resources it accepts. */
  readonly readable: Readable | undefined;
  /** W3C's place of the call in a trace, of ours or the caller's, for whatever follows from it. */
  readonly traceparent?: string | undefined;
};

export type Readable = (resourceId: string) => boolean;

/** One header (REST) or metadata value (gRPC), by lower-case name. */
export type Header = (name: string) => string | undefined;

type OnHangUp = (abort: () => void) => void;

/** A class so that all calls share one shape; the signal is made on first use, since few handlers need one. */
export class CallContext implements Context {
  readonly actor: string;
  readonly workspace: string;
  readonly requestId: string;
  readonly readable: Readable | undefined = undefined;
  readonly #onHangUp: OnHangUp;
  readonly #header: Header | undefined;
  #abort: AbortController | undefined;

  constructor({ actor, workspace }: Identity, requestId: string, onHangUp: OnHangUp, header?: Header) {
    this.actor = actor;
    this.workspace = workspace;
    this.requestId = requestId;
    this.#onHangUp = onHangUp;
    this.#header = header;
  }

  /** Where we collect no spans ourselves, the caller's is passed on. */
  get traceparent(): string | undefined {
    return currentTraceparent() ?? validTraceparent(this.#header?.('traceparent'));
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      const abort = new AbortController();
      this.#abort = abort;
      this.#onHangUp(() => abort.abort());
    }
    return this.#abort.signal;
  }
}

const SANE = /^[\x21-\x7e]{1,128}$/;

/** The caller's id for its request if it is safe to log and send back, else a new one. */
export function requestIdFrom(given: string | undefined): string {
  return given !== undefined && SANE.test(given) ? given : randomUUID();
}
