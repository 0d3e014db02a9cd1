import { setTimeout as sleep } from 'node:timers/promises';
import { CallContext, type Context, requestIdFrom } from '@millrace/platform/contract/context';
import { AppError } from '@millrace/platform/errors';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import { versionDescribed } from '../events/model-events.ts';
import { appendEntries } from '../store/ledger.ts';
import { lockModel } from '../store/models.ts';
import {
  type Description,
  listUndescribed,
  postpone,
  saveDescription,
  settleEmpty,
  type UndescribedVersion,
} from '../store/undescribed-versions.ts';
import { change } from './change.ts';
import type { Deps as AllDeps } from './deps.ts';
import { artifactUri } from './model.ts';
import { type AskedRun, askForRun, originFrom } from './origin.ts';
import { readMlmodel } from './read-mlmodel.ts';
import { parseRunReference } from './run-reference.ts';
import { pathInStore } from './store-path.ts';

type Deps = Omit<AllDeps, 'describe'>;

const ACTOR = 'system';
const EVERY_MS = 5_000;
/** What is made in this time is looked at together. */
const GATHER_MS = 20;
const AT_ONCE = 64;
const IN_PARALLEL = 8;

/**
 * Versions get what nobody waited for when they were made: what their MLmodel file says, and what tracking knows of their run where
 * it was away. An entry in the ledger and an event tell of it. Until a service that is away is back, it is asked every five seconds.
 */
export function startDescribing(deps: Deps, lifecycle: Lifecycle, log: Logger): { readonly wake: () => void } {
  let alarm = new AbortController();
  const loop = async () => {
    while (!lifecycle.stopping.aborted) {
      const more = await describeSome(deps, lifecycle.stopping, log).catch((err: unknown) => {
        log.warn({ err }, 'looking for new versions failed');
        return false;
      });
      if (more) continue;
      const signal = AbortSignal.any([alarm.signal, lifecycle.stopping]);
      await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
      if (alarm.signal.aborted) await sleep(GATHER_MS);
      alarm = new AbortController();
    }
  };
  const running = loop();
  lifecycle.onClose('looking at new versions', () => running);
  return { wake: () => alarm.abort() };
}

/** Whether there may be more to do at once. */
async function describeSome(deps: Deps, stopping: AbortSignal, log: Logger): Promise<boolean> {
  const versions = await listUndescribed(deps.pool, { idleMs: EVERY_MS, limit: AT_ONCE });
  const rest = [...versions];
  const empty: UndescribedVersion[] = [];
  const later: UndescribedVersion[] = [];
  const work = async () => {
    for (let version = rest.pop(); version && !stopping.aborted; version = rest.pop()) {
      const outcome = await describe(deps, version).catch((err: unknown) => {
        log.warn({ err, model: version.name, version: version.version }, 'looking at the files of a version failed');
        return 'later' as const;
      });
      if (outcome === 'later') later.push(version);
      if (outcome === 'empty') empty.push(version);
    }
  };
  await Promise.all(Array.from({ length: IN_PARALLEL }, work));
  await settleEmpty(deps.pool, empty);
  await postpone(deps.pool, later);
  return versions.length === AT_ONCE;
}

async function describe(deps: Deps, version: UndescribedVersion): Promise<'done' | 'empty' | 'later'> {
  const { description, waits } = await lookAt(deps, version);
  if (description) await keep(deps, version, description);
  if (waits) return 'later';
  return description ? 'done' : 'empty';
}

/** `waits`: a part of it could not be had now. */
type Look = { readonly description: Description | undefined; readonly waits: boolean };

async function lookAt(deps: Deps, version: UndescribedVersion): Promise<Look> {
  const context = new CallContext({ actor: ACTOR, workspace: version.workspace }, requestIdFrom(undefined), () => {});
  const needsRun = version.originPending || parseRunReference(artifactUri(version)) !== undefined;
  const asked = needsRun ? await askForRun(deps, context, version.runId) : {};
  const file = version.contentsPending ? await readFile(deps, context, version, asked) : {};
  const origin = version.originPending && asked.run ? originFrom(asked, version.loggedModelId) : undefined;
  const mlmodel = file.content && readMlmodel(file.content);
  const originPending = asked.failure !== undefined;
  const contentsPending = file.failure !== undefined;
  return {
    description: origin || mlmodel ? { origin, mlmodel, originPending, contentsPending } : undefined,
    waits: originPending || contentsPending,
  };
}

type File = { readonly content?: Uint8Array | undefined; readonly failure?: AppError };

async function readFile(deps: Deps, context: Context, version: UndescribedVersion, asked: AskedRun): Promise<File> {
  if (asked.failure) return { failure: asked.failure };
  const directory = directoryOf(version, asked);
  if (directory === undefined || deps.readFile === null) return {};
  try {
    return { content: await deps.readFile(directory === '' ? 'MLmodel' : `${directory}/MLmodel`, context) };
  } catch (failure) {
    if (failure instanceof AppError) return { failure };
    throw failure;
  }
}

function directoryOf(version: UndescribedVersion, { run }: AskedRun): string | undefined {
  const uri = artifactUri(version);
  const reference = parseRunReference(uri);
  if (!reference) return pathInStore(uri);
  const root = run && reference.runId === version.runId ? pathInStore(run.artifactUri) : undefined;
  return root === undefined ? undefined : [root, ...reference.path.split('/').filter(Boolean)].join('/');
}

async function keep(deps: Deps, pending: UndescribedVersion, description: Description): Promise<void> {
  const { workspace, name } = pending;
  const context = new CallContext({ actor: ACTOR, workspace }, requestIdFrom(undefined), () => {});
  await change(deps, context, async (tx, tell) => {
    const model = await lockModel(tx, workspace, name);
    const saved = model === pending.model ? await saveDescription(tx, pending, description) : undefined;
    if (!saved) return;
    const { nowMs: atMs, version } = saved;
    const entry = {
      ...version,
      kind: 'described',
      from: version.stage,
      to: version.stage,
      atMs,
      actor: ACTOR,
    } as const;
    const [place] = await appendEntries(tx, workspace, pending.model, [entry]);
    if (place) tell(versionDescribed({ workspace, name }, version, place));
  });
}
