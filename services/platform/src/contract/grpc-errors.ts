import { Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import {
  type AppError,
  type AppErrorOptions,
  fromCode,
  InternalError,
  isErrorCode,
  UnavailableError,
} from '../errors.ts';

/** gRPC has fewer codes than we do, so ours travels beside its own. */
const ERROR_CODE = 'millrace-error-code';
const RETRY_AFTER = 'retry-after';
/** Trailers share one header block, which may hold 16 kB. */
const MAX_MESSAGE = 4_000;

export function toGrpc(error: AppError): Pick<StatusObject, 'code' | 'details' | 'metadata'> {
  const metadata = new Metadata();
  metadata.set(ERROR_CODE, error.code);
  if (error.retryAfterSeconds !== undefined) metadata.set(RETRY_AFTER, String(error.retryAfterSeconds));
  return { code: error.grpcStatus, details: wellFormed(error.message.slice(0, MAX_MESSAGE)), metadata };
}

/** What the other service threw. An error that no handler of ours made says nothing about our caller's request: never a 4xx of theirs. */
export function fromGrpc(error: ServiceError): AppError {
  const code = error.metadata?.get(ERROR_CODE)[0]?.toString();
  if (code !== undefined && isErrorCode(code)) return fromCode(code, error.details, options(error));
  switch (error.code) {
    case status.UNAVAILABLE:
      return new UnavailableError('A service this server depends on is unavailable. Try again.', { cause: error });
    case status.DEADLINE_EXCEEDED:
      return fromCode('DEADLINE_EXCEEDED', 'A service this server depends on did not answer in time', { cause: error });
    case status.CANCELLED:
      return fromCode('CANCELLED', 'The call was cancelled', { cause: error });
    default:
      return new InternalError(error);
  }
}

/** Half a surrogate pair, which cutting may leave, cannot be sent. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function options(error: ServiceError): AppErrorOptions {
  const retryAfterSeconds = Number(error.metadata.get(RETRY_AFTER)[0]?.toString());
  return Number.isFinite(retryAfterSeconds) ? { cause: error, retryAfterSeconds } : { cause: error };
}
