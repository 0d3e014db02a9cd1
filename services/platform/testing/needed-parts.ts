import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PART_NAMES, type PartName } from './parts/part.ts';

/** How the need for a part shows in the text of a test: by a variable, or by the module of ours that stands for it. */
const SIGNS: Readonly<Record<PartName, RegExp>> = {
  postgres: /TEST_DATABASE_URL|testing\/database\b/,
  kafka: /TEST_KAFKA_BROKERS|testing\/kafka\b/,
  s3: /TEST_S3_ENDPOINT|testing\/s3\b(?!-)/,
  's3-second': /TEST_S3_SECOND_ENDPOINT|\bsecondS3Settings\b/,
  python: /testing\/python\b/,
};
const IMPORT = /\bfrom '(\.[^']+\.ts)'/g;

/** The parts that these test files, or the support files they import, mention. */
export function partsNeededBy(tests: readonly string[]): readonly PartName[] {
  const texts = withSupportFiles(tests).map((file) => readFileSync(file, 'utf8'));
  return PART_NAMES.filter((name) => texts.some((text) => SIGNS[name].test(text)));
}

function withSupportFiles(tests: readonly string[]): readonly string[] {
  const files = new Set(tests.filter((file) => existsSync(file)));
  for (const file of files) {
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const imported = resolve(dirname(file), path);
      if (/\/tests?\//.test(imported) && existsSync(imported)) files.add(imported);
    }
  }
  return [...files];
}
