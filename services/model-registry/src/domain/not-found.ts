import { NotFoundError } from '@millrace/platform/errors';
import type { VersionRef } from './version-ref.ts';

export function modelNotFound(name: string): NotFoundError {
  return new NotFoundError(`Registered Model with name=${name} not found`);
}

export function versionNotFound({ name, version }: VersionRef): NotFoundError {
  return new NotFoundError(`Model Version (name=${name}, version=${version}) not found`);
}
