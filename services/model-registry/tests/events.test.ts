import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { followEvents, short } from './_events.ts';
import { type RegistryService, startService } from './_service.ts';
import { startFakeTracking } from './_tracking.ts';

describe('events of the registry', () => {
  let tracking: Awaited<ReturnType<typeof startFakeTracking>>;
  let service: RegistryService;
  let events: Awaited<ReturnType<typeof followEvents>>;
  beforeAll(async () => {
    tracking = await startFakeTracking({}, { 'm-1': { artifactUri: 's3://b/m-1', sourceRunId: 'r1' } });
    service = await startService({ TRACKING_GRPC: tracking.address });
    events = await followEvents(service.config.events);
  });
  afterAll(async () => {
    await events?.close();
    await service?.close();
    await tracking?.close();
  });

  it('tell of a stage transition all that a pipeline needs', async () => {
    const name = await service.newModel();
    await service.newVersion(name, { source: 's3://b/x', run_id: 'r9', tags: [{ key: 'git_sha', value: 'abc' }] });
    await service.move(name, '1', 'production');
    const [, , event] = await events.first(3, name);
    expect(event).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      type: 'io.millrace.model_version.stage_transitioned.v1',
      source: '/workspaces/default/model-registry',
      subject: `models/${name}/versions/1`,
      time: expect.any(String),
      datacontenttype: 'application/json',
      dataschema: '/schemas/model_version.stage_transitioned.v1.json',
      partitionkey: `default/${name}`,
      sequence: expect.any(String),
      data: {
        event: 'model_version.stage_transitioned',
        workspace: 'default',
        actor: 'anonymous',
        model: name,
        version: '1',
        from_stage: 'None',
        to_stage: 'Production',
        run_id: 'r9',
        model_uri: `models:/${name}/1`,
        artifact_uri: 's3://b/x',
        tags: { git_sha: 'abc' },
        ledger_position: '2',
        ledger_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
  });

  it('tell of archived versions before the one that took their place, and nothing of moves to the same stage', async () => {
    const name = await service.newModel();
    for (let i = 0; i < 3; i++) await service.newVersion(name);
    await service.move(name, '1', 'Staging');
    await service.move(name, '3', 'Staging');
    await service.move(name, '3', 'Staging');
    await service.move(name, '2', 'Staging', true);
    await service.move(name, '2', 'None');
    const told = (await events.first(9, name)).slice(4).map(short);
    expect(told).toEqual([
      'model_version.stage_transitioned 1 None Staging',
      'model_version.stage_transitioned 3 None Staging',
      'model_version.stage_transitioned 1 Staging Archived',
      'model_version.stage_transitioned 3 Staging Archived',
      'model_version.stage_transitioned 2 None Staging',
    ]);
    expect((await events.first(10, name)).slice(9).map(short)).toEqual([
      'model_version.stage_transitioned 2 Staging None',
    ]);
  });

  it('tell of everything else that changes a model or its versions, in order', async () => {
    const name = await service.newModel();
    const version = '1';
    await service.newVersion(name, { model_id: 'm-1', source: 'models:/m-1' });
    await service.patch('registered-models/update', { name, description: 'd' });
    await service.patch('model-versions/update', { name, version, description: 'd' });
    await service.post('model-versions/set-tag', { name, version, key: 'k', value: 'v' });
    await service.delete('model-versions/delete-tag', { name, version, key: 'k' });
    await service.delete('model-versions/delete-tag', { name, version, key: 'k' });
    await service.post('registered-models/alias', { name, alias: 'a', version });
    await service.delete('registered-models/alias', { name, alias: 'a' });
    await service.delete('registered-models/alias', { name, alias: 'a' });
    await service.post('registered-models/alias', { name, alias: 'b', version });
    await service.delete('model-versions/delete', { name, version });
    await service.delete('registered-models/delete', { name });
    const told = await events.first(12, name);
    expect(told.map(short)).toEqual([
      'registered_model.created',
      'model_version.created 1 None',
      'registered_model.updated',
      'model_version.updated 1',
      'model_version.tag_set 1 k',
      'model_version.tag_deleted 1 k',
      'model_version.alias_set 1 a',
      'model_version.alias_deleted 1 a',
      'model_version.alias_set 1 b',
      'model_version.alias_deleted 1 b',
      'model_version.deleted 1 None',
      'registered_model.deleted',
    ]);
    const sequences = told.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...sequences].sort());
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
  });

  it('name the logged model a version was made from, but not for copies and prompts', async () => {
    const name = await service.newModel();
    await service.newVersion(name, { model_id: 'm-1', source: 'models:/m-1' });
    await service.newVersion(name, { source: 'models:/m-1' });
    await service.newVersion(name, { source: `models:/${name}/1` });
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    await service.newVersion(name, { model_id: 'm-1', source: 'dummy-source', tags });
    const [, first, second, copy, prompt] = await events.first(5, name);
    const told = { model_id: 'm-1', run_id: 'r1', artifact_uri: 's3://b/m-1' };
    expect(first?.data).toMatchObject({ ...told, version: '1' });
    expect(second?.data).toMatchObject({ ...told, version: '2' });
    expect(copy?.data).not.toHaveProperty('model_id');
    expect(prompt?.data).not.toHaveProperty('model_id');
  });

  it('say which version an alias pointed to before', async () => {
    const name = await service.newModel();
    for (const version of ['1', '2']) {
      await service.newVersion(name);
      await service.post('registered-models/alias', { name, alias: 'a', version });
    }
    const told = (await events.first(5, name)).filter(({ type }) => type.includes('alias_set'));
    expect(told.map(({ data }) => [data['version'], data['previous_version']])).toEqual([
      ['1', undefined],
      ['2', '1'],
    ]);
  });

  it('go on under the new name after a rename, beginning with the rename', async () => {
    const name = await service.newModel();
    await service.newVersion(name);
    const renamed = `${name}-renamed`;
    await service.post('registered-models/rename', { name, new_name: renamed });
    await service.post('registered-models/rename', { name: renamed, new_name: renamed });
    await service.move(renamed, '1', 'Staging');
    const [first, second] = await events.first(2, renamed);
    expect([first, second].map((event) => event && short(event))).toEqual([
      'registered_model.renamed',
      'model_version.stage_transitioned 1 None Staging',
    ]);
    expect(first).toMatchObject({ subject: `models/${renamed}`, data: { model: renamed, previous_name: name } });
    const before = events.of(name);
    expect(before.map(short)).toEqual(['registered_model.created', 'model_version.created 1 None']);
    expect((before.at(-1)?.sequence ?? '') < (first?.sequence ?? '')).toBe(true);
  });

  it('stay small however big the tags are', async () => {
    const name = await service.newModel();
    const tags = Array.from({ length: 30 }, (_, i) => ({ key: `k${i}`, value: 'é'.repeat(i < 20 ? 2_000 : 50_000) }));
    await service.newVersion(name, { tags });
    await service.post('model-versions/set-tag', { name, version: '1', key: 'k', value: '😀'.repeat(90_000) });
    const [, created, set] = await events.first(3, name);
    expect(created?.data).toMatchObject({ tags: { k0: tags[0]?.value }, tags_truncated: 'true' });
    expect(set?.data).toMatchObject({ value: '😀'.repeat(2_000), value_truncated: 'true' });
    for (const event of [created, set]) expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(65_536);
  });

  it('are not told of what was refused', async () => {
    const name = await service.newModel();
    await service.newVersion(name);
    await service.move(name, '9', 'Staging');
    await service.post('registered-models/alias', { name, alias: 'a', version: '9' });
    await service.post('registered-models/create', { name });
    await service.move(name, '1', 'Staging');
    expect((await events.first(3, name)).map(short)).toEqual([
      'registered_model.created',
      'model_version.created 1 None',
      'model_version.stage_transitioned 1 None Staging',
    ]);
  });
});
