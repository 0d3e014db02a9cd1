import { readdir, readFile } from 'node:fs/promises';

const FILES = new URL('../../charts/millrace/files/', import.meta.url);
const PARTS_OF_HISTOGRAMS = /_(bucket|sum|count)$/;

/** What the processes behind these ports tell: every line, and the names of the metrics, histograms under one name each. */
export async function exportedMetrics(ports: readonly number[]) {
  const pages = await Promise.all(ports.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()));
  const lines = pages.flatMap((page) => page.split('\n'));
  const types = lines.flatMap((line) => /^# TYPE (\w+) /.exec(line)?.[1] ?? []);
  return { lines, names: new Set(types.filter((name) => name !== 'target_info')) };
}

/** The names of all metrics that the alerts and dashboards of the chart ask for. */
export async function shippedQueries(): Promise<Set<string>> {
  const texts = await Promise.all([...(await files('alerts')), ...(await files('dashboards'))]);
  const names = texts.flatMap((text) => [...text.matchAll(/\b(?:millrace|process|nodejs)_\w+/g)].map(([name]) => name));
  return new Set(names.map((name) => name.replace(PARTS_OF_HISTOGRAMS, '')));
}

export async function shippedAlerts() {
  const texts = await Promise.all(await files('alerts'));
  return texts.flatMap((text) =>
    [...text.matchAll(/- alert: (\w+)[\s\S]*?runbook_url: (\S+)/g)].map(([, name = '', runbook = '']) => ({
      name,
      runbook,
    })),
  );
}

async function files(folder: string): Promise<Promise<string>[]> {
  const names = await readdir(new URL(`${folder}/`, FILES));
  return names.map((name) => readFile(new URL(`${folder}/${name}`, FILES), 'utf8'));
}
