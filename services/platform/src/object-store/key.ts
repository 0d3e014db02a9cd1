import { InvalidParameterError } from '../errors.ts';

const MAX_KEY_BYTES = 1024; // S3's limit; a folder keeps it too, so that what fits one store fits the other

/** The parts of a key that is safe to join to any root. Callers check what users may write; this is the wall behind them. */
export function keySegments(key: string): string[] {
  const segments = key.split('/');
  const unsafe = segments.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'));
  if (unsafe) throw new InvalidParameterError('Invalid path');
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new InvalidParameterError(`Invalid path: longer than ${MAX_KEY_BYTES} bytes`);
  return segments;
}
