import type { Tag } from '../domain/model.ts';

/** Events have to stay below 64 KiB, which is what everybody who passes CloudEvents on must take. */
const MAX_VALUE = 2_000;
const MAX_TOTAL_BYTES = 16_384;

/** The tags as an object; those that do not fit are left out, and `tags_truncated` says so. */
export function smallTags(tags: readonly Tag[]) {
  let bytes = 0;
  const fitting = tags.filter(({ key, value }) => {
    if (value.length > MAX_VALUE) return false;
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
    return bytes <= MAX_TOTAL_BYTES;
  });
  const left = fitting.length < tags.length;
  return {
    tags: Object.fromEntries(fitting.map(({ key, value }) => [key, value])),
    ...(left && { tags_truncated: 'true' }),
  };
}

/** A tag's value, cut where it is long. */
export function shortValue(value: string) {
  if (value.length <= MAX_VALUE) return { value };
  return { value: [...value].slice(0, MAX_VALUE).join(''), value_truncated: 'true' };
}
