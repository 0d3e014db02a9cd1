import { join, posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isServable, parseArtifactPath, parseEncodedPath } from '../src/domain/artifact-path.ts';

/** What attacks are made of, and ordinary names. */
const PIECES = [
  '..',
  '.',
  '/',
  '\\',
  '%2e',
  '%2f',
  '%5c',
  '%25',
  '%00',
  '\0',
  '\n',
  '#',
  '?',
  ';',
  ':',
  '~',
  'C:',
  'file:',
];
const text = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 3 })), { maxLength: 12 }),
  },
  { weight: 1, arbitrary: fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 3 }) },
);
const parsed = (parse: typeof parseArtifactPath, given: string) => {
  try {
    return parse(given);
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_PARAMETER_VALUE', message: 'Invalid path' });
    return undefined;
  }
};

describe('any text for a path', () => {
  it('is refused, or stays below its root on every system, however often it is decoded', () => {
    const stays = (path: string) => {
      for (let i = 0, at = path; i < 5; i += 1) {
        expect(posix.normalize(`/root/${at}`)).toMatch(/^\/root(\/|$)/);
        expect(at).not.toMatch(/\\|\0|#/);
        expect(at).not.toMatch(/^([a-z]:|[a-z][a-z0-9+.-]*:)\//i);
        expect(join('/root', at).startsWith('/root')).toBe(true);
        try {
          at = decodeURIComponent(at);
        } catch {
          return;
        }
      }
    };
    const check = (pieces: string[]) => {
      for (const parse of [parseArtifactPath, parseEncodedPath]) {
        const result = parsed(parse, pieces.join(''));
        if (result) stays(result.path);
      }
    };
    fc.assert(fc.property(text, check), { numRuns: 5_000 });
  });

  it('has one spelling: what was let through once is let through again, unchanged', () => {
    const check = (pieces: string[]) => {
      const first = parsed(parseArtifactPath, pieces.join(''));
      if (!first) return;
      expect(parseArtifactPath(first.path).path).toBe(first.path);
      for (const name of first.path.split('/').filter(Boolean)) expect([name, isServable(name)]).toEqual([name, true]);
      const encoded = first.path.split('/').map(encodeURIComponent).join('/');
      expect(parseEncodedPath(encoded).path).toBe(first.path);
    };
    fc.assert(fc.property(text, check), { numRuns: 5_000 });
  });
});
