import { describe, expect, it } from '@jest/globals';
import { batchBody } from '../src/workloads/body.ts';

type Batch = { readonly metrics: readonly { readonly key: string; readonly step: number }[] };

describe('the batches of one client', () => {
  it('have no point in common, and as many keys and steps as asked for', () => {
    const text = batchBody('r', { keys: 10, steps: 100 });
    const points = [1, 2, 10, 11].flatMap((number) => (JSON.parse(text(number)) as Batch).metrics);
    expect(new Set(points.map(({ key, step }) => `${key} ${step}`)).size).toBe(4 * 1000);
    expect(new Set(points.map(({ key }) => key)).size).toBe(10);
  });
});
