import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Target } from '../load/round.ts';
import { startCollector } from '../targets/collector.ts';
import { openDatabase, siblingDatabase } from '../targets/database.ts';
import { startMillrace } from '../targets/millrace.ts';
import { bench } from './bench.ts';
import type { DataFlags, LoadFlags } from './options.ts';
import { workFolder } from './work-folder.ts';

export type TelemetryFlags = LoadFlags & DataFlags;

type Env = Readonly<Record<string, string>>;

const settings = (collector: string): Readonly<Record<string, Env>> => ({
  off: {},
  metrics: { METRICS_PORT: '0' },
  'metrics-and-traces': { METRICS_PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: collector },
  'every-trace': {
    METRICS_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
    OTEL_TRACES_SAMPLER: 'parentbased_always_on',
  },
});

/** Measures what it costs to tell: Millrace with telemetry off and on, on databases of one PostgreSQL. */
export async function telemetry(flags: TelemetryFlags, lifecycle: Lifecycle): Promise<void> {
  await bench(flags, async () => {
    const folder = workFolder(flags.data, lifecycle);
    const database = await openDatabase(join(folder, 'postgres'), flags.database, lifecycle);
    const targets: Target[] = [];
    const databases: string[] = [];
    for (const [name, env] of Object.entries(settings(await startCollector(lifecycle)))) {
      const url = await siblingDatabase(database.url, `telemetry-${name}`);
      databases.push(url);
      targets.push({ ...(await startMillrace(join(folder, name), { ...database, url }, lifecycle, env)), name });
    }
    return { targets, databases, postgres: database.version };
  });
}
