import { InvalidParameterError } from '@millrace/platform/errors';

/** In code points. Those that MLflow does not limit are far above what its databases take; they keep rows, pages and events small. */
const MAX = {
  name: 512,
  new_name: 512,
  description: 100_000,
  source: 4_096,
  run_id: 512,
  run_link: 4_096,
  comment: 2_000,
  key: 250,
  value: 100_000,
  'Registered model alias name': 255,
} as const;

export type Limited = keyof typeof MAX;

export function isTooLong(field: Limited, text: string): boolean {
  return text.length > MAX[field] && [...text].length > MAX[field];
}

/** Throws InvalidParameterError. */
export function checkLength(field: Limited, text: string): void {
  if (!isTooLong(field, text)) return;
  throw new InvalidParameterError(`'${field}' exceeds the maximum length of ${MAX[field]} characters`);
}
