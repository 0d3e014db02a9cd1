import type { Context } from '@millrace/platform/contract/context';

/** Whose artifacts somebody asks for. */
export type ArtifactOwner = { readonly type: 'run' | 'model'; readonly id: string };

/** The directory that all artifacts of a run or model are below; what may be done with them is decided on the experiment. */
export type ArtifactRoot = { readonly experimentId: string; readonly path: string };

/** Throws where there is no such run or model, or its artifacts are kept in another store. */
export type FindRoot = (owner: ArtifactOwner, context: Context) => Promise<ArtifactRoot>;
