import type { ByteRange, ObjectInfo } from '@millrace/platform/object-store/object-store';
import type { Request } from 'express';

/**
 * The one range a request asks for. Undefined means the whole file: no range, several at once, one of another kind, or one
 * of bytes that have changed since (`If-Range`).
 */
export function requestedRange(req: Request, info: ObjectInfo): ByteRange | 'unsatisfiable' | undefined {
  if (!stillHolds(req.headers['if-range'], info)) return undefined;
  const ranges = req.range(info.totalBytes, { combine: true });
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined;
  const [range] = ranges;
  return range && { first: range.start, last: range.end };
}

function stillHolds(condition: string | string[] | undefined, { etag, modifiedAt }: ObjectInfo): boolean {
  if (condition === undefined) return true;
  if (condition.includes('"')) return condition === etag;
  return modifiedAt.toUTCString() === condition;
}
