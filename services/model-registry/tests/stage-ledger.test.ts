import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grpcClient } from '@millrace/platform/contract/grpc-client';
import { StageLedgerService, TransitionKind } from '@millrace/proto/registry/v1/stage_ledger';
import pg from 'pg';
import { followEvents, short } from './_events.ts';
import { ledgerHash } from './_ledger-hash.ts';
import { invalid, missing, type RegistryService, refusal, startService } from './_service.ts';

type Entry = Readonly<Record<string, string>> & { readonly position: number; readonly timestamp: number };

describe('the ledger of stages', () => {
  let service: RegistryService;
  let events: Awaited<ReturnType<typeof followEvents>>;
  let sql: pg.Client;
  beforeAll(async () => {
    service = await startService();
    events = await followEvents(service.config.events);
    sql = new pg.Client({ connectionString: service.config.database.url });
    await sql.connect();
  });
  afterAll(async () => {
    await sql?.end();
    await events?.close();
    await service?.close();
  });

  const page = async (name: string, query: Record<string, string> = {}) => {
    const { status, body } = await service.get('registered-models/transitions', { name, ...query });
    expect(status).toBe(200);
    return body as { transitions?: Entry[]; next_page_token?: string };
  };
  /** Oldest first, in a few words. */
  const history = async (name: string, query: Record<string, string> = {}) =>
    ((await page(name, query)).transitions ?? [])
      .map((e) => [e['kind'], e['version'], e['from_stage'], e['to_stage']].filter(Boolean).join(' '))
      .reverse();
  const holders = async (name: string, stage: string, at?: number) => {
    const query = { name, stage, ...(at !== undefined && { at: String(at) }) };
    const { body } = await service.get('registered-models/holder', query);
    return ((body['holders'] ?? []) as Entry[]).map(({ version }) => version);
  };
  const verify = async (name: string) => (await service.get('registered-models/transitions/verify', { name })).body;
  const rollBack = (name: string, body: Record<string, string> = {}) =>
    service.post('registered-models/rollback-stage', { name, stage: 'Production', ...body });
  const withVersions = async (count: number) => {
    const name = await service.newModel();
    for (let i = 0; i < count; i++) await service.newVersion(name, { source: `s3://b/${i + 1}`, run_id: `r${i + 1}` });
    return name;
  };
  const promote = (name: string, version: string) => service.move(name, version, 'Production', true);
  /** A time behind everything that has been written and before everything that will be. */
  const between = async (name: string) => {
    const last = (await page(name)).transitions?.[0]?.timestamp ?? 0;
    while (Date.now() <= last) await new Promise((done) => setTimeout(done, 1));
    return last;
  };

  it('keeps who moved which version from where to where, when and why', async () => {
    const name = await withVersions(1);
    const body = { name, version: '1', stage: 'production', comment: 'passed the tests' };
    await service.post('model-versions/transition-stage', body);
    const { transitions = [] } = await page(name);
    expect(transitions).toMatchObject([
      {
        position: 2,
        kind: 'TRANSITIONED',
        name,
        version: '1',
        from_stage: 'None',
        to_stage: 'Production',
        actor: 'anonymous',
        comment: 'passed the tests',
        run_id: 'r1',
        source: 's3://b/1',
      },
      { position: 1, kind: 'VERSION_CREATED', version: '1', from_stage: '', to_stage: 'None', comment: '' },
    ]);
    const { last_updated_timestamp } = await service.version(name, '1');
    expect(transitions[0]?.timestamp).toBe(last_updated_timestamp);
    const [, , told] = await events.first(3, name);
    expect(told?.data).toMatchObject({
      comment: 'passed the tests',
      ledger_position: '2',
      ledger_hash: transitions[0]?.['hash'],
    });
  });

  it('has an entry for every version that a move archives, and none for moves that change nothing', async () => {
    const name = await withVersions(2);
    await promote(name, '1');
    await promote(name, '1');
    await promote(name, '2');
    await service.delete('model-versions/delete', { name, version: '1' });
    expect(await history(name)).toEqual([
      'VERSION_CREATED 1 None',
      'VERSION_CREATED 2 None',
      'TRANSITIONED 1 None Production',
      'TRANSITIONED 1 Production Archived',
      'TRANSITIONED 2 None Production',
      'VERSION_DELETED 1 Archived',
    ]);
    expect(await history(name, { version: '2' })).toEqual(['VERSION_CREATED 2 None', 'TRANSITIONED 2 None Production']);
  });

  it('comes in pages that neither repeat nor leave out an entry', async () => {
    const name = await withVersions(5);
    const positions: number[] = [];
    let token: string | undefined;
    do {
      const { transitions = [], next_page_token } = await page(name, {
        max_results: '2',
        ...(token && { page_token: token }),
      });
      positions.push(...transitions.map(({ position }) => position));
      token = next_page_token;
    } while (token);
    expect(positions).toEqual([5, 4, 3, 2, 1]);
    const refused = await service.get('registered-models/transitions', { name, max_results: '1001' });
    expect(refused).toMatchObject(invalid("'max_results' must be between 1 and 1000"));
  });

  it('tells what was in a stage at any time', async () => {
    const name = await withVersions(3);
    const before = await between(name);
    await promote(name, '1');
    const first = await between(name);
    await promote(name, '2');
    await service.move(name, '3', 'Production');
    const both = await between(name);
    await service.delete('model-versions/delete', { name, version: '3' });
    const renamed = `${name}-renamed`;
    await between(name);
    await service.post('registered-models/rename', { name, new_name: renamed });
    expect(await holders(name, 'Production', before)).toEqual([]);
    expect(await holders(name, 'production', first)).toEqual(['1']);
    expect(await holders(name, 'Production', both)).toEqual(['3', '2']);
    expect(await holders(name, 'Archived', both)).toEqual(['1']);
    expect(await holders(name, 'Production')).toEqual([]);
    expect(await holders(renamed, 'Production')).toEqual(['2']);
    expect(await holders('nobody', 'Production')).toEqual([]);
    const { body } = await service.get('registered-models/holder', { name: renamed, stage: 'nowhere' });
    expect(body).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });
  });

  it('outlives the model, and begins anew for the next of that name', async () => {
    const name = await withVersions(1);
    await promote(name, '1');
    const then = await between(name);
    await service.delete('registered-models/delete', { name });
    expect(await holders(name, 'Production')).toEqual([]);
    expect(await holders(name, 'Production', then)).toEqual(['1']);
    const gone = ['VERSION_CREATED 1 None', 'TRANSITIONED 1 None Production', 'MODEL_DELETED'];
    expect(await history(name)).toEqual(gone);
    await service.post('registered-models/create', { name });
    await service.newVersion(name);
    expect(await history(name)).toEqual([...gone, 'VERSION_CREATED 1 None']);
    expect(new Set((await page(name)).transitions?.map(({ ledger }) => ledger)).size).toBe(2);
    expect(await verify(name)).toMatchObject({ intact: true, entries: 1 });
    expect(await service.get('registered-models/transitions', { name: 'nobody' })).toMatchObject(missing('nobody'));
  });

  it('goes on after a rename, under the new name', async () => {
    const name = await withVersions(1);
    await service.post('registered-models/rename', { name, new_name: `${name}-b` });
    await promote(`${name}-b`, '1');
    expect(await history(`${name}-b`)).toEqual(['VERSION_CREATED 1 None', 'RENAMED', 'TRANSITIONED 1 None Production']);
    expect((await page(`${name}-b`)).transitions?.[1]).toMatchObject({ name: `${name}-b`, previous_name: name });
    expect(await service.get('registered-models/transitions', { name })).toMatchObject({ status: 404 });
  });

  it('cannot be changed, shortened or emptied', async () => {
    const name = await withVersions(1);
    const refused = { code: '23001', message: 'the stage ledger is append-only' };
    await expect(
      sql.query('update registry.stage_ledger set actor = $1 where name = $2', ['eve', name]),
    ).rejects.toMatchObject(refused);
    await expect(sql.query('delete from registry.stage_ledger where name = $1', [name])).rejects.toMatchObject(refused);
    await expect(sql.query('truncate registry.stage_ledger')).rejects.toMatchObject(refused);
  });

  it('shows where it was changed or lost an entry by somebody who got around that', async () => {
    const name = await withVersions(3);
    await promote(name, '2');
    expect(await verify(name)).toMatchObject({ intact: true, entries: 4 });
    const forge = async (statement: string) => {
      await sql.query('begin');
      await sql.query('set local session_replication_role = replica');
      await sql.query(statement, [name]);
      await sql.query('commit');
    };
    await forge("update registry.stage_ledger set actor = 'eve' where name = $1 and position = 3");
    expect(await verify(name)).toMatchObject({ intact: false, broken_at: 3 });
    await forge("update registry.stage_ledger set actor = 'anonymous' where name = $1 and position = 3");
    expect(await verify(name)).toMatchObject({ intact: true });
    await forge('delete from registry.stage_ledger where name = $1 and position = 2');
    expect(await verify(name)).toMatchObject({ intact: false, broken_at: 2 });
  });

  it('can be checked by anybody from what the API gives', async () => {
    const name = await withVersions(2);
    const body = { name, version: '2', stage: 'Staging', comment: 'größer, schneller' };
    await service.post('model-versions/transition-stage', body);
    let hash = '00'.repeat(32);
    for (const entry of ((await page(name)).transitions ?? []).reverse()) {
      expect(entry['previous_hash']).toBe(hash);
      hash = ledgerHash(entry, hash);
      expect(entry['hash']).toBe(hash);
    }
    expect(await verify(name)).toMatchObject({ last_hash: hash });
  });

  it('has no gap after many moves of one model at once', async () => {
    const name = await withVersions(6);
    const moves = Array.from({ length: 30 }, (_, i) =>
      service.move(name, String((i % 6) + 1), i % 2 ? 'Staging' : 'Production', true),
    );
    expect((await Promise.all(moves)).every(({ status }) => status === 200)).toBe(true);
    expect(await verify(name)).toMatchObject({ intact: true });
    const told = (await history(name)).filter((entry) => entry.startsWith('TRANSITIONED'));
    const heard = await events.first(7 + told.length, name);
    expect(heard.slice(7).map(short)).toEqual(
      told.map((entry) => entry.replace('TRANSITIONED', 'model_version.stage_transitioned')),
    );
  });

  describe('takes a stage back', () => {
    it('to the version that held it before, in one step, with its events', async () => {
      const name = await withVersions(3);
      for (const version of ['1', '2', '3']) await promote(name, version);
      const answer = await rollBack(name, { comment: 'it answers nonsense' });
      expect(answer.body).toMatchObject({ model_version: { version: '2', current_stage: 'Production' } });
      expect((await history(name)).slice(-2)).toEqual([
        'TRANSITIONED 3 Production Archived',
        'ROLLED_BACK 2 Archived Production',
      ]);
      expect((await page(name)).transitions?.[0]).toMatchObject({ comment: 'it answers nonsense' });
      const told = (await events.first(11, name)).slice(-2);
      expect(told.map(short)).toEqual([
        'model_version.stage_transitioned 3 Production Archived',
        'model_version.stage_transitioned 2 Archived Production',
      ]);
      expect(told.map(({ data }) => data['rollback'])).toEqual(['true', 'true']);
    });

    it('further each time, not to and fro', async () => {
      const name = await withVersions(4);
      for (const version of ['1', '2', '3']) await promote(name, version);
      const went = async () =>
        ((await rollBack(name)).body as { model_version?: { version: string } }).model_version?.version;
      expect([await went(), await went()]).toEqual(['2', '1']);
      expect(await rollBack(name)).toMatchObject(missing('No version that still exists has been in Production'));
      await promote(name, '4');
      expect(await went()).toBe('1');
    });

    it('past versions that were deleted, and to the last holder where nobody holds it', async () => {
      const name = await withVersions(3);
      for (const version of ['1', '2', '3']) await promote(name, version);
      await service.delete('model-versions/delete', { name, version: '2' });
      expect((await rollBack(name)).body).toMatchObject({ model_version: { version: '1' } });
      await service.move(name, '1', 'None');
      expect((await rollBack(name)).body).toMatchObject({ model_version: { version: '1' } });
    });

    it('from one of several holders to the other', async () => {
      const name = await withVersions(2);
      await service.move(name, '1', 'Production');
      await service.move(name, '2', 'Production');
      expect((await rollBack(name)).body).toMatchObject({ model_version: { version: '1' } });
      expect(await service.version(name, '2')).toMatchObject({ current_stage: 'Archived' });
      expect((await history(name)).at(-1)).toBe('ROLLED_BACK 1 Production Production');
    });

    it('once, where the caller says from which version', async () => {
      const name = await withVersions(3);
      for (const version of ['1', '2', '3']) await promote(name, version);
      expect(await rollBack(name, { from_version: '3' })).toMatchObject({ status: 200 });
      expect(await rollBack(name, { from_version: '3' })).toMatchObject(refusal(409, 'RESOURCE_CONFLICT', 'Version 3'));
      expect(await service.version(name, '2')).toMatchObject({ current_stage: 'Production' });
      expect(await rollBack(name, { stage: 'Archived' })).toMatchObject(invalid('has no holder to go back to'));
      expect(await rollBack('nobody')).toMatchObject({ status: 404 });
    });
  });

  it('speaks gRPC too', async () => {
    const name = await withVersions(2);
    for (const version of ['1', '2']) await promote(name, version);
    const identity = { actor: 'ci-bot', workspace: 'default' };
    const client = grpcClient(StageLedgerService, `127.0.0.1:${service.grpcPort}`, { deadlineMs: 10_000, identity });
    const { modelVersion } = await client.rollbackStage({ name, stage: 'Production' });
    expect(modelVersion).toMatchObject({ version: '1', currentStage: 'Production' });
    const { transitions } = await client.listStageTransitions({ name, maxResults: 1 });
    expect(transitions).toMatchObject([{ kind: TransitionKind.ROLLED_BACK, actor: 'ci-bot', version: '1' }]);
    const { holders: now } = await client.getStageHolder({ name, stage: 'PRODUCTION' });
    expect(now.map(({ version }) => version)).toEqual(['1']);
    client.close();
  });
});
