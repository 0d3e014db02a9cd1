import { ConfigError } from '@millrace/platform/config';
import { MLFLOW_ACTIVE, MLFLOW_STAGES } from './domain/stage.ts';

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}_ -]{0,63}$/u;
const MAX_OWN = 50;

/** Throws ConfigError. */
export function readStages(own: readonly string[], active: readonly string[] | undefined) {
  const open = [...MLFLOW_STAGES, ...own];
  const problem = wrongName(own) ?? (active && wrongActive(own, active));
  if (problem !== undefined) throw new ConfigError(`Invalid environment:\n  ${problem}`);
  const isMarked = (stage: string) => active?.some((one) => same(one, stage)) ?? true;
  return { open, active: [...MLFLOW_ACTIVE, ...own.filter(isMarked)] };
}

function wrongName(own: readonly string[]): string | undefined {
  if (own.length > MAX_OWN) return `REGISTRY_STAGES: at most ${MAX_OWN} stages`;
  const unusable = own.find((name) => !NAME.test(name) || /^\d+$/.test(name) || same(name, 'latest'));
  if (unusable !== undefined) {
    return `REGISTRY_STAGES: '${unusable}' cannot be a stage: letters, digits, spaces, _ and -, no number and not 'latest'`;
  }
  const twice = own.find((name, at) => [...MLFLOW_STAGES, ...own.slice(0, at)].some((other) => same(other, name)));
  return twice === undefined ? undefined : `REGISTRY_STAGES: there already is a stage '${twice}'`;
}

function wrongActive(own: readonly string[], active: readonly string[]): string | undefined {
  const stray = active.find((name) => !own.some((one) => same(one, name)));
  return stray === undefined ? undefined : `REGISTRY_ACTIVE_STAGES: '${stray}' is not in REGISTRY_STAGES`;
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
