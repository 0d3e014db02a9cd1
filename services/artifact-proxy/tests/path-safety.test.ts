import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { API, type RunningProxy, startProxy } from './_service.ts';

/** As they come over the wire. */
const ATTACKS = [
  '../secret',
  'a/../../secret',
  'a/..',
  '..',
  '%2e%2e/secret',
  '%2E%2e%2fsecret',
  'a/%2e%2e/%2e%2e/secret',
  '..%2fsecret',
  '..%5csecret',
  '%252e%252e/secret',
  '%252e%252e%252fsecret',
  '%25252e%25252e/secret',
  'a%252f..%252f..%252fsecret',
  'pct%2541.txt',
  './a',
  'a/./b',
  '/etc/passwd',
  '%2fetc%2fpasswd',
  '/etc/passwd%00.jpg',
  'a%00.txt',
  'a%0a.txt',
  'a%7f.txt',
  'a%09b',
  'back%5cslash.txt',
  'C:/windows/system.ini',
  'C:%5cwindows%5csystem.ini',
  '%5c%5chost%5cshare',
  'file:///etc/passwd',
  'file:%2f%2f%2fetc%2fpasswd',
  's3://bucket/key',
  'http:%2f%2fhost%2fx',
  'frag%23ment',
  'a%zz',
  'a%',
  '%c0%ae%c0%ae/secret',
  'workspaces',
  'workspaces/',
  'workspaces/other/a',
  '.millrace-uploads/x',
  `${'x'.repeat(1100)}`,
];
/** Published against servers of this field, each with what it led to there. */
const PUBLISHED: readonly (readonly [string, string])[] = [
  ['CVE-2023-1177', '..%2f..%2f..%2f..%2fetc%2fpasswd'],
  ['CVE-2023-2356', '..%2f..%2fsecret'],
  ['CVE-2023-2780', '..%5c..%5csecret'],
  ['CVE-2023-2780, mixed', '%5c..%2fsecret'],
  ['CVE-2023-6015', '%2f..%2fsecret'],
  ['CVE-2023-6018', '/C:%5csecret'],
  ['CVE-2023-6831', '%252e%252e%252fsecret'],
  ['CVE-2023-6909', 'a%23%2f..%2f..%2fsecret'],
  ['CVE-2024-1483', '%23%2f..%2f..%2fsecret'],
  ['CVE-2024-1560', '%252e%252e%252f%252e%252e%252fsecret'],
  ['CVE-2024-1593', 'a%3b%2f..%2f..%2fsecret'],
  ['CVE-2024-1594', 'file:%2f%2f%2fsecret%23%2fa'],
  ['CVE-2024-2928', 'a%23..%2f..%2fsecret'],
  ['CVE-2024-3848', '%23%2f..%2f..%2f..%2fsecret'],
  ['CVE-2025-11201', '%2fsecret'],
];
const CALLS = [
  ['PUT', '/artifacts/'],
  ['GET', '/artifacts/'],
  ['HEAD', '/artifacts/'],
  ['DELETE', '/artifacts/'],
  ['GET', '/artifacts?path='],
] as const;
const REFUSED_ALL_THE_SAME = [
  ['POST', '/mpu/create/'],
  ['POST', '/mpu/complete/'],
  ['POST', '/mpu/abort/'],
  ['GET', '/presigned/'],
] as const;

describe('paths that lead elsewhere', () => {
  let proxy: RunningProxy;
  beforeAll(async () => {
    proxy = await startProxy();
    await proxy.put('a/file', 'x');
    await writeFile(join(proxy.folder, 'secret'), 'secret');
  });
  afterAll(() => proxy?.close());

  it.each(ATTACKS)('are refused, by every verb and in queries: %s', async (attack) => {
    for (const root of [API, API.replace('/api', '/ajax-api')]) {
      for (const [verb, at] of CALLS) {
        const answer = await proxy.raw(verb, root + at + attack, verb === 'PUT' ? 'evil' : '');
        // a query is a form: what is no escape stays as it is
        const isHarmless = at.includes('?') && (attack.startsWith('a%zz') || attack === 'a%' || attack.includes('%c0'));
        expect([verb, at, answer.status]).toEqual([verb, at, isHarmless ? 200 : 400]);
      }
    }
  });

  it.each(ATTACKS.slice(0, 33))('are refused before multipart and presigned requests are: %s', async (attack) => {
    for (const [verb, at] of REFUSED_ALL_THE_SAME) {
      const answer = await proxy.raw(verb, API + at + attack, verb === 'POST' ? '{}' : '');
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text)).toMatchObject({
        error_code: 'INVALID_PARAMETER_VALUE',
        message: 'Invalid path',
      });
    }
  });

  it.each(PUBLISHED)('are refused as published: %s', async (_, attack) => {
    for (const [verb, at] of [...CALLS, ...REFUSED_ALL_THE_SAME]) {
      const answer = await proxy.raw(verb, API + at + attack, verb === 'GET' || verb === 'HEAD' ? '' : '{"path":"a"}');
      expect([verb, at, answer.status]).toEqual([verb, at, 400]);
    }
    for (const step of ['create', 'complete', 'abort']) {
      const body = JSON.stringify({
        path: `x/${decodeURIComponent(attack)}/..`,
        upload_id: 'u',
        parts: [{ part_number: 1, etag: '' }],
      });
      expect((await proxy.raw('POST', `${API}/mpu/${step}/a`, body)).status).toBe(400);
    }
  });

  it('have touched nothing', async () => {
    expect(await readFile(join(proxy.folder, 'secret'), 'utf8')).toBe('secret');
    expect((await readdir(proxy.folder)).sort()).toEqual(['artifacts', 'secret']);
    expect(await proxy.list()).toEqual({ files: [{ path: 'a', is_dir: true }] });
    expect(await (await proxy.get('a/file')).text()).toBe('x');
  });

  it('are not listed where they got into the store another way', async () => {
    for (const name of ['back\\slash', 'esc%41ped', 'new\nline', 'fine%.txt'])
      await writeFile(join(proxy.folder, 'artifacts/a', name), 'x');
    const { files } = (await proxy.list('a')) as { files: { path: string }[] };
    expect(files.map(({ path }) => path)).toEqual(['file', 'fine%.txt']);
  });
});
