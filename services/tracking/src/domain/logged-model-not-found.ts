import { NotFoundError } from '@millrace/platform/errors';

export const modelNotFound = (id: string) => new NotFoundError(`Logged model with ID '${id}' not found.`);
