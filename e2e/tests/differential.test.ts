import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { pythonWithMlflow } from '@millrace/platform/testing/python';
import { differencesBetween } from '../differential/compare.ts';
import { type Difference, describeDifference } from '../differential/difference.ts';
import { serverAt } from '../differential/exchange.ts';
import { INTENDED, KNOWN_FIELDS, OPEN, type Rule } from '../differential/intended-differences.ts';
import { startMlflow } from '../differential/mlflow.ts';
import { scenario } from '../differential/scenario.ts';
import { startLocal } from '../programs/local.ts';

const RULES = [...INTENDED, ...OPEN];
/** Their receivers are on this machine, and nobody is there. */
const WEBHOOKS = {
  MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
  MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'http,https',
  MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES: '0',
};

describeWith('python', "beside MLflow's own server", () => {
  let folder: string;
  let differences: Difference[];
  const met = new Set<string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-differential-'));
    const [theirs, ours] = [join(folder, 'mlflow'), join(folder, 'millrace')];
    await Promise.all([mkdir(theirs), mkdir(ours)]);
    const mlflow = await startMlflow(await pythonWithMlflow('newest'), theirs, WEBHOOKS);
    const millrace = await startLocal(ours, { env: WEBHOOKS }).catch((error: unknown) =>
      mlflow.stop().then(() => Promise.reject(error)),
    );
    try {
      const servers = [serverAt(mlflow.url), serverAt(millrace.url)] as const;
      differences = await differencesBetween(...servers, scenario(), (place) => {
        const known = KNOWN_FIELDS.find((one) => one.place.test(place));
        if (known) met.add(known.why);
        return known !== undefined;
      });
    } finally {
      await Promise.all([mlflow.stop(), millrace.stop()]);
    }
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('Millrace gives the same status, error code and body to every request, but for what is explained', () => {
    const unexplained = differences.filter((difference) => !RULES.some((rule) => explains(rule, difference)));
    expect(unexplained.map(describeDifference)).toEqual([]);
  });

  it('no explanation explains nothing', () => {
    const unused = RULES.filter((rule) => !differences.some((difference) => explains(rule, difference)));
    const unmet = KNOWN_FIELDS.filter(({ why }) => !met.has(why));
    expect([...unused, ...unmet].map(({ why }) => why)).toEqual([]);
  });
});

function explains({ endpoint, when }: Rule, difference: Difference): boolean {
  return endpoint.test(difference.endpoint) && when(difference);
}
