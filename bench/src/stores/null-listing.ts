import type { NullObjects } from './null-objects.ts';

/** The inside of a ListObjectsV2 answer. */
export function listing(objects: NullObjects, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter');
  const most = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
  const entries: string[] = [];
  const token = query.get('continuation-token');
  let from = token === null ? prefix : Buffer.from(token, 'base64url').toString();
  for (;;) {
    const key = objects.next(from);
    if (key === undefined || !key.startsWith(prefix)) return entries.join('');
    if (entries.length === most) return `${entries.join('')}${more(from)}`;
    const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
    if (end < 0) entries.push(file(key, objects.find(key)?.bytes ?? 0));
    else entries.push(`<CommonPrefixes><Prefix>${escaped(key.slice(0, end + 1))}</Prefix></CommonPrefixes>`);
    from = end < 0 ? `${key}\0` : `${key.slice(0, end + 1)}\uFFFF`;
  }
}

const file = (key: string, bytes: number) =>
  `<Contents><Key>${escaped(key)}</Key><LastModified>1970-01-01T00:00:00.000Z</LastModified><Size>${bytes}</Size></Contents>`;

const more = (from: string) =>
  `<IsTruncated>true</IsTruncated><NextContinuationToken>${Buffer.from(from).toString('base64url')}</NextContinuationToken>`;

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
