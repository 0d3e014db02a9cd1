import { artifacts } from './artifacts.ts';
import { createAndFinish, createRuns, createWithParams } from './create-runs.ts';
import { getHistory, getHistorySamples, repeatBatch } from './histories.ts';
import { logBatch } from './log-batches.ts';
import { logMetric, logMetricOfOneRun } from './log-metrics.ts';
import { latestInStage, registerModels, searchVersions } from './register-models.ts';
import { search, searchAllPages } from './searches.ts';
import type { Workload } from './workload.ts';

const METRIC_AND_PARAM = { filter: "metrics.acc > 0.9 and params.lr = '0.01'", max_results: 100 };

/** In the order in which they run: writing first, so that searches are not the only ones to meet a warm server. */
export const WORKLOADS: Readonly<Record<string, Workload>> = {
  'log-metric-c1': logMetric(1),
  'log-metric-c20': logMetric(20),
  'log-metric-c200': logMetric(200),
  'log-metric-c200-one-run': logMetricOfOneRun(200),
  'log-batch-10-c20': logBatch(20, { keys: 10, steps: 1 }),
  'log-batch-10-c40': logBatch(40, { keys: 10, steps: 1 }),
  'log-batch-40-c20': logBatch(20, { keys: 10, steps: 4 }),
  'log-batch-1000-10-keys': logBatch(8, { keys: 10, steps: 100 }),
  'log-batch-1000-keys': logBatch(8, { keys: 1000, steps: 1 }),
  'create-run': createRuns(20),
  'create-finish-run': createAndFinish(20),
  'create-run-100-params': createWithParams(20),
  'search-first-1000': search({ max_results: 1000 }),
  'search-first-100': search({ max_results: 100 }),
  'search-metric-and-param': search({ ...METRIC_AND_PARAM, order_by: ['metrics.acc DESC'] }),
  'search-tag-like': search({ filter: "tags.team LIKE 'team_1%'", max_results: 100 }),
  'search-tag-ilike': search({ filter: "tags.team ILIKE '%M_4%'", max_results: 100 }),
  'search-order-by-param': search({ order_by: ['params.lr ASC'], max_results: 100 }),
  'search-rare-metric': search({ filter: 'metrics.acc > 0.999', max_results: 100 }),
  'search-two-orders': search({ order_by: ['params.lr ASC', 'metrics.acc DESC'], max_results: 100 }),
  'search-one-team': search({ filter: "tags.team = 'team_7'", max_results: 100 }),
  'search-all-pages': searchAllPages(1000),
  'get-history': getHistory(25_000),
  'get-history-samples': getHistorySamples(2_500),
  'log-batch-1000-again': repeatBatch(8),
  'register-model': registerModels(4),
  'latest-of-10000-versions': latestInStage(10_000),
  'search-10000-versions': searchVersions(10_000),
  ...artifacts,
};

/** The workloads of these names, or, where there is none of a name, those whose names begin with it; all for no name. */
export function selectWorkloads(wanted: readonly string[]): readonly (readonly [string, Workload])[] {
  const all = Object.entries(WORKLOADS);
  const meant = (name: string) => (Object.hasOwn(WORKLOADS, name) ? [name] : names().filter(startsWith(name)));
  const unknown = wanted.filter((name) => meant(name).length === 0);
  if (unknown.length > 0)
    throw new Error(`No workload is named ${unknown.join(' or ')}; there are ${names().join(', ')}`);
  const selected = new Set(wanted.flatMap(meant));
  return wanted.length === 0 ? all : all.filter(([name]) => selected.has(name));
}

const names = () => Object.keys(WORKLOADS);
const startsWith = (wanted: string) => (name: string) => name.startsWith(wanted);
