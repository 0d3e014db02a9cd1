/** Of one model or version. */
export const MAX_TAGS = 1_000;
export const MAX_TAG_BYTES = 4 * 2 ** 20;

/** What became of a tag: `full` leaves everything as it was. */
export type TagSet = 'set' | 'full';

/** SQL of whether a tag may be added to, or replaced among, those rows of a table of tags that `where` says. */
export const tagRoom = (table: string, where: string, key: string, value: string) => `
  select count(*) filter (where t.key <> ${key}) < ${MAX_TAGS}
    and coalesce(sum(octet_length(t.value)) filter (where t.key <> ${key}), 0) + octet_length(${value}) <= ${MAX_TAG_BYTES} as ok
  from ${table} t where ${where}`;
