import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invalid, missing, type RegistryService, refusal, startService, type Version } from './_service.ts';

describe('stages', () => {
  let service: RegistryService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service?.close());

  const withVersions = async (count: number): Promise<string> => {
    const name = await service.newModel();
    for (let i = 0; i < count; i++) await service.newVersion(name);
    return name;
  };
  const stagesOf = async (name: string) => {
    const { body } = await service.get('model-versions/search', {
      filter: `name = '${name}'`,
      order_by: 'version_number',
    });
    return (body['model_versions'] as Version[]).map(({ current_stage }) => current_stage);
  };
  const latest = async (name: string, stages: string[] = []) => {
    const { body } = await service.post('registered-models/get-latest-versions', { name, stages });
    return (body['model_versions'] as Version[] | undefined)?.map((v) => [v.version, v.current_stage]);
  };

  it.each([
    ['staging', 'Staging'],
    ['PRODUCTION', 'Production'],
    ['aRcHiVeD', 'Archived'],
    ['none', 'None'],
  ])('are taken in any letter case: %s', async (given, stage) => {
    const name = await withVersions(1);
    expect(await service.move(name, '1', given)).toMatchObject({
      status: 200,
      body: { model_version: { version: '1', current_stage: stage } },
    });
    expect(await service.version(name, '1')).toMatchObject({ current_stage: stage });
    expect(await latest(name, [given.toUpperCase()])).toEqual([['1', stage]]);
  });

  it('are no other than the four', async () => {
    const name = await withVersions(1);
    const error = invalid(
      'Invalid Model Version stage: Orbit. Value must be one of None, Staging, Production, Archived',
    );
    expect(await service.move(name, '1', 'Orbit')).toMatchObject(error);
    expect(await service.move('nobody', 'x', 'Orbit')).toMatchObject(error);
    expect(await service.move(name, '1', '')).toMatchObject(invalid("Missing value for required parameter 'stage'"));
    expect(
      await service.get('registered-models/get-latest-versions', { name, stages: ['Staging', 'Orbit'] }),
    ).toMatchObject(error);
  });

  it('archive on request what was there, at one and the same time', async () => {
    const name = await withVersions(5);
    for (const version of ['1', '2']) await service.move(name, version, 'Production');
    await service.move(name, '3', 'Staging');
    const untouched = await service.version(name, '3');
    expect(await service.move(name, '4', 'production', true)).toMatchObject({ status: 200 });
    expect(await stagesOf(name)).toEqual(['Archived', 'Archived', 'Staging', 'Production', 'None']);
    const { last_updated_timestamp } = await service.model(name);
    for (const version of ['1', '2', '4']) {
      expect(await service.version(name, version)).toMatchObject({ last_updated_timestamp });
    }
    expect(await service.version(name, '3')).toEqual(untouched);
  });

  it('leave a version alone that is moved to where it is', async () => {
    const name = await withVersions(2);
    await service.move(name, '1', 'Staging');
    await service.move(name, '2', 'Staging');
    await service.move(name, '2', 'Staging', true);
    expect(await stagesOf(name)).toEqual(['Archived', 'Staging']);
  });

  it('can be shared where nobody asks for archiving', async () => {
    const name = await withVersions(2);
    await service.move(name, '1', 'Production');
    await service.move(name, '2', 'Production');
    expect(await stagesOf(name)).toEqual(['Production', 'Production']);
    expect(await latest(name, ['Production'])).toEqual([['2', 'Production']]);
    await service.delete('model-versions/delete', { name, version: '2' });
    expect(await latest(name, ['Production'])).toEqual([['1', 'Production']]);
  });

  it.each(['None', 'archived'])('do not archive for a move to %s', async (stage) => {
    const name = await withVersions(1);
    expect(await service.move(name, '1', stage, true)).toMatchObject(
      refusal(500, 'INTERNAL_ERROR', `because '${stage}' is not an Active stage`),
    );
    const text = { name, version: '1', stage: 'Staging', archive_existing_versions: 'true' };
    expect(await service.post('model-versions/transition-stage', text)).toMatchObject(
      invalid('Invalid value "true" for parameter \'archive_existing_versions\''),
    );
    expect(await stagesOf(name)).toEqual(['None']);
  });

  it('each have a latest version, listed in the order in which the numbers first reach them', async () => {
    const name = await withVersions(6);
    for (const [version, stage] of [
      ['3', 'Production'],
      ['1', 'Staging'],
      ['5', 'Staging'],
      ['6', 'Archived'],
      ['2', 'Archived'],
    ] as const) {
      await service.move(name, version, stage);
    }
    const all = [
      ['5', 'Staging'],
      ['6', 'Archived'],
      ['3', 'Production'],
      ['4', 'None'],
    ];
    expect(await latest(name)).toEqual(all);
    expect((await service.model(name)).latest_versions?.map((v) => [v.version, v.current_stage])).toEqual(all);
    expect(await latest(name, ['none', 'STAGING', 'Staging'])).toEqual([
      ['5', 'Staging'],
      ['4', 'None'],
    ]);
    const byGet = await service.get('registered-models/get-latest-versions', { name, stages: ['Archived'] });
    expect(byGet.body).toMatchObject({ model_versions: [{ version: '6' }] });
    expect(await latest(await withVersions(0))).toBeUndefined();
  });

  it('give the aliases of the latest versions when those are asked for', async () => {
    const name = await withVersions(1);
    await service.post('registered-models/alias', { name, alias: 'a', version: '1' });
    const { body } = await service.get('registered-models/get-latest-versions', { name });
    expect(body).toMatchObject({ model_versions: [{ version: '1', aliases: ['a'] }] });
    expect(await service.move(name, '1', 'Staging')).toMatchObject({ body: { model_version: { aliases: ['a'] } } });
    expect(await service.get('registered-models/get-latest-versions', { name: 'nobody' })).toMatchObject(
      missing('Registered Model with name=nobody not found'),
    );
  });
});
