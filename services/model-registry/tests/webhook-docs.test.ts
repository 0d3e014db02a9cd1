import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { pythonWithMlflow } from '@millrace/platform/testing/python';
import { type Received, startReceiver } from './_receiver.ts';
import { startWebhookService } from './_webhooks.ts';

const run = promisify(execFile);
const SECRETS = [`whsec_${Buffer.alloc(32, 9).toString('base64')}`, 'plain text'];

/** The code block of docs/webhooks.md that verifies signatures. */
async function documented(language: string): Promise<string> {
  const text = await readFile(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, name, code = '']) => ({ name, code }));
  const block = blocks.find(({ name, code }) => name === language && code.includes('verify('));
  if (!block) throw new Error(`no ${language} in docs/webhooks.md verifies`);
  return block.code;
}

/** One delivery signed with each of the secrets, one with both, and what verifiers should find. */
async function deliveries() {
  const service = await startWebhookService();
  const receiver = await startReceiver();
  const id = await service.newWebhook(receiver.url, { secret: SECRETS[0] });
  await service.newModel();
  await service.logged(id, (log) => log.length === 1 && log.every(({ status }) => status === 'DELIVERED'));
  await service.patch(`webhooks/${id}`, { secret: SECRETS[1] });
  await service.newModel();
  const [first, second] = await receiver.first(2);
  await service.close();
  await receiver.close();
  if (!first || !second) throw new Error('two deliveries');
  const cases = (one: Received) => SECRETS.map((secret) => ({ headers: one.headers, body: one.text, secret }));
  const old = { ...first.headers, 'webhook-timestamp': '1' };
  return {
    cases: [
      ...cases(first),
      ...cases(second),
      { headers: first.headers, body: `${first.text} `, secret: SECRETS[0] },
      { headers: old, body: first.text, secret: SECRETS[0] },
    ],
    expected: [true, false, true, true, false, false],
  };
}

describe('the documented ways to verify a signature', () => {
  let folder: string;
  let given: Awaited<ReturnType<typeof deliveries>>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-docs-'));
    given = await deliveries();
    await writeFile(join(folder, 'cases.json'), JSON.stringify(given.cases));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('tell in Node what is signed with a secret from what is not', async () => {
    const check = `
      import { readFileSync } from 'node:fs';
      const cases = JSON.parse(readFileSync('cases.json', 'utf8'));
      console.log(JSON.stringify(cases.map(({ headers, body, secret }) => verify(headers, Buffer.from(body), secret))));`;
    await writeFile(join(folder, 'verify.mjs'), (await documented('js')) + check);
    const { stdout } = await run(process.execPath, ['verify.mjs'], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual(given.expected);
  });

  describeWith('python', 'with a Python', () => {
    it('tell what is signed with a secret from what is not', async () => {
      const check = `
import json
print(json.dumps([verify(c["headers"], c["body"].encode(), c["secret"]) for c in json.load(open("cases.json"))]))`;
      await writeFile(join(folder, 'verify.py'), (await documented('python')) + check);
      const { stdout } = await run(await pythonWithMlflow('newest'), ['verify.py'], { cwd: folder });
      expect(JSON.parse(stdout)).toEqual(given.expected);
    });
  });
});
