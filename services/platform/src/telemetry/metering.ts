import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';
import type { Lifecycle } from '../lifecycle.ts';

export type { Counter, Histogram } from '@opentelemetry/api';

/** As with spans: one for the process. */
let meter: Meter | undefined;

/** Called once, before any service of the process starts. */
export function measureWith(given: Meter | undefined): void {
  meter = given;
}

export const isMetering = (): boolean => meter !== undefined;

/** Undefined when nobody collects metrics. Names are Prometheus's, units and `_total` included, so that they are the same everywhere. */
export function counter(name: string, description: string): Counter | undefined {
  return meter?.createCounter(name, { description });
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export function durations(name: string, description: string): Histogram | undefined {
  return meter?.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: SECONDS } });
}

const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

export function sizes(name: string, description: string): Histogram | undefined {
  return meter?.createHistogram(name, { description, advice: { explicitBucketBoundaries: SIZES } });
}

export type Reading = readonly [value: number, attributes?: Attributes];

/** Asks `read` whenever metrics are collected, until the lifecycle ends. */
export function gauge(name: string, description: string, lifecycle: Lifecycle, read: () => readonly Reading[]): void {
  if (!meter) return;
  const observable = meter.createObservableGauge(name, { description });
  const callback = (result: { observe: (value: number, attributes?: Attributes) => void }) => {
    for (const [value, attributes] of read()) result.observe(value, attributes);
  };
  observable.addCallback(callback);
  lifecycle.onClose(`gauge ${name}`, () => observable.removeCallback(callback));
}

/** As `gauge`, for a total that something else keeps. */
export function total(name: string, description: string, lifecycle: Lifecycle, read: () => number): void {
  if (!meter) return;
  const observable = meter.createObservableCounter(name, { description });
  const callback = (result: { observe: (value: number) => void }) => result.observe(read());
  observable.addCallback(callback);
  lifecycle.onClose(`total ${name}`, () => observable.removeCallback(callback));
}

const FRESH_MS = 10_000;
const PATIENCE_MS = 2_000;

/**
 * Gauges, by name with what each tells, that one question answers: of a database, say. However many collect metrics, it is asked once in ten seconds; while it
 * does not answer, or not in time, the gauges are not there.
 */
export function askedGauges<N extends string>(
  names: Readonly<Record<N, string>>,
  attributes: Attributes,
  lifecycle: Lifecycle,
  ask: () => Promise<Readonly<Record<N, number>>>,
): void {
  const owner = meter;
  if (!owner) return;
  const gauges = (Object.keys(names) as N[]).map(
    (name) => [name, owner.createObservableGauge(name, { description: names[name] })] as const,
  );
  let asked: { readonly at: number; readonly answer: Promise<Readonly<Record<N, number>>> } | undefined;
  const callback: Parameters<Meter['addBatchObservableCallback']>[0] = async (result) => {
    if (!asked || performance.now() - asked.at > FRESH_MS) asked = { at: performance.now(), answer: ask() };
    const answer = await inTime(asked.answer);
    if (!answer) return;
    for (const [name, observable] of gauges) result.observe(observable, answer[name], attributes);
  };
  const observables = gauges.map(([, observable]) => observable);
  owner.addBatchObservableCallback(callback, observables);
  lifecycle.onClose('gauges', () => owner.removeBatchObservableCallback(callback, observables));
}

async function inTime<T>(answer: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  const found = await Promise.race([answer.catch(() => undefined), late]);
  clearTimeout(timer);
  return found;
}
