import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { type MultipartUpload, NoSuchUpload, type Part } from '../src/object-store/object-store.ts';
import type { OpenStore } from './_object-stores.ts';

const MIB = 1024 * 1024;

/** What callers may rely on when an object arrives in parts. */
export function multipartConformance(opened: () => OpenStore): void {
  const store = () => opened().store;

  async function begin(key: string): Promise<MultipartUpload> {
    const mark = randomUUID();
    return { key, mark, id: await store().multipart.begin(key, mark) };
  }
  async function put(upload: MultipartUpload, number: number, bytes: Buffer): Promise<Part> {
    const options = { sizeBytes: bytes.length };
    const { etag } = await store().multipart.put(upload, number, Readable.from([bytes]), options);
    return { number, etag };
  }
  const read = async (key: string) => {
    const body = await store().get(key);
    return body && buffer(body.stream);
  };

  describe('an object in parts', () => {
    it('is whole when it is complete, however its parts came, and not there before', async () => {
      const upload = await begin('parts/whole');
      const [one, two, three] = [Buffer.alloc(5 * MIB, 1), Buffer.alloc(5 * MIB, 2), Buffer.from('end')];
      const third = await put(upload, 3, three);
      await put(upload, 1, Buffer.alloc(5 * MIB, 9));
      const [second, first] = await Promise.all([put(upload, 2, two), put(upload, 1, one)]);
      expect(await store().get('parts/whole')).toBeUndefined();
      expect((await store().list('parts')).entries).toEqual([]);
      const stored = await store().multipart.complete(upload, [first, second, third]);
      expect(stored.sizeBytes).toBe(10 * MIB + 3);
      const whole = await read('parts/whole');
      expect(whole && Buffer.compare(whole, Buffer.concat([one, two, three]))).toBe(0);
      expect(await store().stat('parts/whole')).toMatchObject({ etag: stored.etag });
      await store().multipart.abort(upload);
    });

    it('can be completed again, as after a crash, until its parts are freed', async () => {
      const upload = await begin('parts/twice');
      const part = await put(upload, 1, Buffer.from('once'));
      expect(await store().multipart.completed(upload)).toBeUndefined();
      const stored = await store().multipart.complete(upload, [part]);
      expect(await store().multipart.complete(upload, [part])).toMatchObject({ sizeBytes: 4 });
      expect(await store().multipart.completed(upload)).toMatchObject({ sizeBytes: stored.sizeBytes });
      await store().multipart.abort(upload);
      await store().multipart.abort(upload);
      expect(await read('parts/twice')).toEqual(Buffer.from('once'));
    });

    it('leaves nothing when it is given up', async () => {
      const upload = await begin('parts/aborted');
      const part = await put(upload, 1, Buffer.from('x'));
      await store().multipart.abort(upload);
      await expect(put(upload, 2, Buffer.from('y'))).rejects.toThrow(NoSuchUpload);
      await expect(store().multipart.complete(upload, [part])).rejects.toThrow(NoSuchUpload);
      expect(await store().multipart.completed(upload)).toBeUndefined();
      expect(await store().get('parts/aborted')).toBeUndefined();
      expect(await opened().leftovers()).toEqual([]);
    });

    it('is found by its key, where only the store knows of it', async () => {
      const [upload, other] = [await begin('parts/lost'), await begin('parts/lost2')];
      expect(await store().multipart.find(upload)).toEqual([upload.id]);
      await store().multipart.abort(upload);
      await store().multipart.abort(other);
      expect(await store().multipart.find(upload)).toEqual([]);
    });

    it('tells its own object from one that was put there otherwise', async () => {
      const upload = await begin('parts/other');
      await put(upload, 1, Buffer.from('x'));
      await store().put('parts/other', Readable.from([Buffer.from('other')]));
      expect(await store().multipart.completed(upload)).toBeUndefined();
      await store().multipart.abort(upload);
    });

    it('needs the parts that were uploaded, each as long as it said', async () => {
      const upload = await begin('parts/wrong');
      const part = await put(upload, 1, Buffer.from('x'));
      const invalid = { code: 'INVALID_PARAMETER_VALUE' };
      const missing = [part, { number: 2, etag: part.etag }];
      await expect(store().multipart.complete(upload, missing)).rejects.toMatchObject(invalid);
      const short = store().multipart.put(upload, 1, Readable.from([Buffer.from('abc')]), { sizeBytes: 4 });
      await expect(short).rejects.toMatchObject(invalid);
      expect(await store().get('parts/wrong')).toBeUndefined();
      await store().multipart.abort(upload);
    });

    it('is announced before its first part is sent, with an id that frees it', async () => {
      const bytes = Buffer.alloc(20 * MIB, 3);
      const mark = randomUUID();
      const begun: string[] = [];
      let announced = 0;
      const journal = { mark, begin: async () => void announced++, begun: async (id: string) => void begun.push(id) };
      await store().put('parts/journal', Readable.from([bytes]), { sizeBytes: bytes.length, journal });
      for (const id of begun) {
        expect(await store().multipart.completed({ key: 'parts/journal', id, mark })).toMatchObject({
          sizeBytes: bytes.length,
        });
      }
      expect([announced, begun.length]).toEqual(store().presign ? [1, 1] : [0, 0]);
    });
  });

  describe('an address for clients', () => {
    it('takes a part and gives back the object, as what it says, or is not there', async () => {
      const { presign, multipart } = store();
      if (!presign) return expect(store().uri('a')).toMatch(/^file:/);
      const upload = await begin('signed/größe 1.html');
      const target = await presign.part(upload, 1, 60);
      const sent = await fetch(target.url, { method: 'PUT', headers: target.headers, body: 'hello' });
      expect(sent.status).toBe(200);
      await multipart.complete(upload, [{ number: 1, etag: sent.headers.get('etag') ?? '' }]);
      const options = { expiresSeconds: 60, contentType: 'text/html', contentDisposition: 'attachment' };
      const { url, headers } = await presign.get('signed/größe 1.html', options);
      const answer = await fetch(url, { headers: { ...headers, range: 'bytes=1-3' } });
      expect([answer.status, await answer.text()]).toEqual([206, 'ell']);
      expect(answer.headers.get('content-disposition')).toBe('attachment');
      expect(answer.headers.get('content-type')).toBe('text/html');
      const other = await fetch(url.replace('%201.html', '%202.html'));
      expect(other.status).toBe(403);
    });
  });
}
