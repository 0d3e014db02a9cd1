import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { partsNeededBy } from '../testing/needed-parts.ts';

describe('the parts that a test run starts', () => {
  let folder: string;
  const write = (name: string, text: string) => {
    const file = join(folder, 'tests', name);
    writeFileSync(file, text);
    return file;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parts-'));
    mkdirSync(join(folder, 'tests'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are none for tests that mention none', () => {
    expect(partsNeededBy([write('pure.test.ts', "import { it } from '@jest/globals';")])).toEqual([]);
  });

  it('are those that the selected tests or their support files mention, however far away', () => {
    write('_deep.ts', "export const broker = process.env['TEST_KAFKA_BROKERS'];");
    write(
      '_support.ts',
      "export { broker } from './_deep.ts';\nimport { x } from '@millrace/platform/testing/database';",
    );
    const selected = write('some.test.ts', "import {\n  broker,\n} from './_support.ts';");
    write('other.test.ts', "import { s3Settings } from '@millrace/platform/testing/s3';");
    expect(partsNeededBy([selected])).toEqual(['postgres', 'kafka']);
  });
});
