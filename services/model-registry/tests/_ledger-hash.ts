import { createHash } from 'node:crypto';
import { TransitionKind } from '@millrace/proto/registry/v1/stage_ledger';
import type { Json } from './_service.ts';

const FIELDS = [
  ...['ledger', 'position', 'kind', 'name', 'previous_name', 'version', 'from_stage', 'to_stage', 'timestamp', 'actor'],
  ...['comment', 'run_id', 'experiment_id', 'git_commit', 'model_id', 'datasets', 'source'],
];

/** What the contract says is the hash of an entry after one with the hash `before`. */
export function ledgerHash(entry: Json, before: string): string {
  const known = { ...entry, kind: TransitionKind[entry['kind'] as keyof typeof TransitionKind] } as Json;
  const fields = entry['mlmodel_sha256'] === '' ? FIELDS : [...FIELDS, 'mlmodel_sha256', 'flavors'];
  const texts = fields.map((field) => String(known[field]));
  const text = texts.map((one) => `${Buffer.byteLength(one)}:${one},`).join('');
  return createHash('sha256').update(Buffer.from(before, 'hex')).update(text).digest('hex');
}
