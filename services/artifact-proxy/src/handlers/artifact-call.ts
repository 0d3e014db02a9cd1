import type { Context } from '@millrace/platform/contract/context';
import type { Request, Response } from 'express';
import type { ParsedPath } from '../domain/artifact-path.ts';

/** A request whose path is safe and whose caller may do what it asks for. */
export type ArtifactCall = ParsedPath & {
  readonly req: Request;
  readonly res: Response;
  readonly context: Context;
  /** Where the path lies in the object store. */
  readonly key: string;
};

/** Answers by itself, or throws. */
export type ArtifactHandler = (call: ArtifactCall) => Promise<void>;
