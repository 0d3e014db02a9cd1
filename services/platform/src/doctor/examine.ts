import { databaseFindings } from './database.ts';
import { type Finding, failed, inTime, reasonOf } from './finding.ts';
import { kafkaFindings } from './kafka.ts';
import { storeFindings } from './object-store.ts';
import { peerFinding } from './peers.ts';
import { processFindings } from './process.ts';
import type { ServiceParts } from './service-parts.ts';

const PATIENCE_MS = 20_000;

/** Looks at everything a service stands on, all at the same time. Never throws: what cannot be looked at is a finding. */
export async function examine(parts: ServiceParts): Promise<readonly Finding[]> {
  const { events, store, peers, topic } = parts;
  const all = await Promise.all([
    look('process', async () => processFindings()),
    look('database', () => databaseFindings(parts)),
    ...(events.driver === 'kafka' ? [look('kafka', () => kafkaFindings(events, topic))] : []),
    ...(store ? [look('object store', () => storeFindings(store))] : []),
    ...peers.map((peer) => look(peer.name, async () => [await peerFinding(peer)])),
  ]);
  return all.flat();
}

async function look(part: string, check: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await inTime(PATIENCE_MS, check());
  } catch (error) {
    return [
      failed(
        part,
        `could not be looked at: ${reasonOf(error)}`,
        'Put right what the reason names; a part that hangs is most often one that a firewall cuts off.',
      ),
    ];
  }
}
