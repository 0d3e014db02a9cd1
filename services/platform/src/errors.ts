import { isNativeError } from 'node:util/types';
import { status as Grpc } from '@grpc/grpc-js';

const invalid = { sqlstate: 'KAM00', error_class: 'INVALID_PARAMETER_VALUE' };
const exists = { sqlstate: 'KAM00', error_class: 'RESOURCE_ALREADY_EXISTS' };
const denied = { sqlstate: 'KAM00', error_class: 'PERMISSION_DENIED' };
const notFound = { sqlstate: 'KAM00', error_class: 'RESOURCE_NOT_FOUND' };
const disabled = { sqlstate: 'KAM00', error_class: 'FEATURE_DISABLED' };
const ours = { sqlstate: 'XXM00', error_class: 'CLIENT_INTERNAL_ERROR' };
const none = {};

/** Every failure a caller can cause or must react to. One row per code; nowhere else. */
const CODES = {
  BAD_REQUEST: { http: 400, grpc: Grpc.INVALID_ARGUMENT, extra: invalid },
  INVALID_PARAMETER_VALUE: { http: 400, grpc: Grpc.INVALID_ARGUMENT, extra: invalid },
  RESOURCE_ALREADY_EXISTS: { http: 400, grpc: Grpc.ALREADY_EXISTS, extra: exists },
  CUSTOMER_UNAUTHORIZED: { http: 401, grpc: Grpc.UNAUTHENTICATED, extra: denied },
  UNAUTHENTICATED: { http: 401, grpc: Grpc.UNAUTHENTICATED, extra: none },
  PERMISSION_DENIED: { http: 403, grpc: Grpc.PERMISSION_DENIED, extra: denied },
  ENDPOINT_NOT_FOUND: { http: 404, grpc: Grpc.UNIMPLEMENTED, extra: notFound },
  NOT_FOUND: { http: 404, grpc: Grpc.NOT_FOUND, extra: notFound },
  RESOURCE_DOES_NOT_EXIST: { http: 404, grpc: Grpc.NOT_FOUND, extra: notFound },
  ABORTED: { http: 409, grpc: Grpc.ABORTED, extra: none },
  ALREADY_EXISTS: { http: 409, grpc: Grpc.ALREADY_EXISTS, extra: none },
  RESOURCE_CONFLICT: { http: 409, grpc: Grpc.ABORTED, extra: none },
  REQUEST_LIMIT_EXCEEDED: { http: 429, grpc: Grpc.RESOURCE_EXHAUSTED, extra: none },
  RESOURCE_EXHAUSTED: { http: 429, grpc: Grpc.RESOURCE_EXHAUSTED, extra: none },
  CANCELLED: { http: 499, grpc: Grpc.CANCELLED, extra: none },
  DATA_LOSS: { http: 500, grpc: Grpc.DATA_LOSS, extra: none },
  FEATURE_DISABLED: { http: 500, grpc: Grpc.FAILED_PRECONDITION, extra: disabled },
  INTERNAL_ERROR: { http: 500, grpc: Grpc.INTERNAL, extra: ours },
  INVALID_STATE: { http: 500, grpc: Grpc.FAILED_PRECONDITION, extra: ours },
  NOT_IMPLEMENTED: { http: 501, grpc: Grpc.UNIMPLEMENTED, extra: none },
  TEMPORARILY_UNAVAILABLE: { http: 503, grpc: Grpc.UNAVAILABLE, extra: ours },
  DEADLINE_EXCEEDED: { http: 504, grpc: Grpc.DEADLINE_EXCEEDED, extra: none },
} as const;

export type ErrorCode = keyof typeof CODES;
export type AppErrorOptions = ErrorOptions & { readonly retryAfterSeconds?: number };

export abstract class AppError extends Error {
  abstract readonly code: ErrorCode;
  readonly #retryAfterSeconds: number | undefined;

  constructor(message: string, { retryAfterSeconds, ...options }: AppErrorOptions = {}) {
    super(message, options);
    this.name = new.target.name;
    this.#retryAfterSeconds = retryAfterSeconds;
  }

  get httpStatus(): number {
    return CODES[this.code].http;
  }

  get grpcStatus(): Grpc {
    return CODES[this.code].grpc;
  }

  /** Something for operators to hear about. The excepted two are answers to a caller's mistake, whatever their number says. */
  get isFault(): boolean {
    return this.httpStatus >= 500 && this.code !== 'FEATURE_DISABLED' && this.code !== 'NOT_IMPLEMENTED';
  }

  /** Set where trying again later makes sense, and only there. */
  get retryAfterSeconds(): number | undefined {
    const { http } = CODES[this.code];
    return http === 429 || http === 503 ? (this.#retryAfterSeconds ?? 1) : undefined;
  }

  /** Body of the MLflow REST error envelope. */
  toJSON(): Readonly<Record<string, string>> {
    return { error_code: this.code, message: this.message, ...CODES[this.code].extra };
  }
}

export class BadRequestError extends AppError {
  readonly code = 'BAD_REQUEST';
}

export class InvalidParameterError extends AppError {
  readonly code = 'INVALID_PARAMETER_VALUE';
}

/** A search names an attribute that does not exist: the one invalid parameter with a class of its own. */
export class AttributeNotFoundError extends InvalidParameterError {
  override toJSON() {
    return { ...super.toJSON(), sqlstate: 'KAM04', error_class: 'ATTRIBUTE_NOT_FOUND' };
  }
}

/** 400, as MLflow answers it. */
export class AlreadyExistsError extends AppError {
  readonly code = 'RESOURCE_ALREADY_EXISTS';
}

export class UnauthenticatedError extends AppError {
  readonly code = 'UNAUTHENTICATED';
}

export class PermissionDeniedError extends AppError {
  readonly code = 'PERMISSION_DENIED';
}

/** The resource is not there; MLflow clients tell it from EndpointNotFoundError and act on the difference. */
export class NotFoundError extends AppError {
  readonly code = 'RESOURCE_DOES_NOT_EXIST';
}

export class EndpointNotFoundError extends AppError {
  readonly code = 'ENDPOINT_NOT_FOUND';
}

class ConflictError extends AppError {
  readonly code = 'RESOURCE_CONFLICT';
}

export class LimitExceededError extends AppError {
  readonly code = 'REQUEST_LIMIT_EXCEEDED';
}

export class FeatureDisabledError extends AppError {
  readonly code = 'FEATURE_DISABLED';
}

export class InvalidStateError extends AppError {
  readonly code = 'INVALID_STATE';
}

export class NotImplementedError extends AppError {
  readonly code = 'NOT_IMPLEMENTED';
}

export class UnavailableError extends AppError {
  readonly code = 'TEMPORARILY_UNAVAILABLE';
}

export class InternalError extends AppError {
  readonly code = 'INTERNAL_ERROR';

  constructor(cause: unknown) {
    super('Internal error', { cause });
  }
}

class OtherError extends AppError {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: AppErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

type ErrorClass = new (message: string, options?: AppErrorOptions) => AppError;

const CLASSES: Partial<Record<ErrorCode, ErrorClass>> = {
  BAD_REQUEST: BadRequestError,
  INVALID_PARAMETER_VALUE: InvalidParameterError,
  RESOURCE_ALREADY_EXISTS: AlreadyExistsError,
  UNAUTHENTICATED: UnauthenticatedError,
  PERMISSION_DENIED: PermissionDeniedError,
  RESOURCE_DOES_NOT_EXIST: NotFoundError,
  ENDPOINT_NOT_FOUND: EndpointNotFoundError,
  RESOURCE_CONFLICT: ConflictError,
  REQUEST_LIMIT_EXCEEDED: LimitExceededError,
  FEATURE_DISABLED: FeatureDisabledError,
  INVALID_STATE: InvalidStateError,
  NOT_IMPLEMENTED: NotImplementedError,
  TEMPORARILY_UNAVAILABLE: UnavailableError,
};

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(CODES, text);
}

/** The error a code stands for, of the same class as if it had been thrown here. */
export function fromCode(code: ErrorCode, message: string, options?: AppErrorOptions): AppError {
  const Known = CLASSES[code];
  return Known ? new Known(message, options) : new OtherError(code, message, options);
}

/** The one funnel: an outage is worth trying again, anything else we did not throw on purpose is a detail-free 500. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (isOutage(thrown))
    return new UnavailableError('A service this server depends on is unavailable. Try again.', { cause: thrown });
  return new InternalError(thrown);
}

/**
 * SQLSTATEs: connection lost (08), out of resources (53), server going down or statement cancelled (57), a standby (25006), lost
 * to another transaction (40001, 40P01), lock timeout (55P03), disk error (58030); and the network's own codes.
 */
const OUTAGE_CODES =
  /^(08...|53...|57P0\d|57014|25006|25P03|40001|40P01|55P03|58030|E(CONNREFUSED|CONNRESET|CONNABORTED|TIMEDOUT|PIPE|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN))$/;

/** What `pg` reports without any code. */
const OUTAGE_MESSAGES =
  /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error)/;

/** True for a failure of the database or the network that may be gone at the next try. */
export function isOutage(thrown: unknown): boolean {
  if (!isNativeError(thrown)) return false;
  const { code, syscall } = thrown as NodeJS.ErrnoException;
  if (syscall === 'connect') return true; // whatever the reason: the socket file of a server that is down does not exist
  return code === undefined ? OUTAGE_MESSAGES.test(thrown.message) : OUTAGE_CODES.test(code);
}
