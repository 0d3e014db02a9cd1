import { FeatureDisabledError, UnauthenticatedError } from '../errors.ts';
import type { Header, Identity } from './context.ts';

/** Who is calling, for a REST path or `/package.Service/Method`; throws when the credential is missing or wrong. */
export type Identify = (header: Header, path: string) => Identity | Promise<Identity>;

/** Metadata by which our services tell each other on whose behalf they call. */
export const ACTOR = 'x-millrace-actor';
export const WORKSPACE = 'x-millrace-workspace';

const ANONYMOUS: Identity = { actor: 'anonymous', workspace: 'default' };

export type AnonymousOptions = { readonly ignoresWorkspace?: (path: string) => boolean };

/** For a server without sign-in and with one workspace: naming any workspace is an error, except where `ignoresWorkspace`. */
export function anonymousIdentity({ ignoresWorkspace }: AnonymousOptions = {}): Identify {
  return (header, path) => {
    if (header('x-mlflow-workspace')?.trim() && !ignoresWorkspace?.(path))
      throw new FeatureDisabledError('Workspace APIs are not available: workspaces are not enabled on this server');
    return ANONYMOUS;
  };
}

/** Believes what the caller says about itself, so it belongs on the internal gRPC port only. Who says nothing is up to `otherwise`. */
export function forwardedIdentity(otherwise: Identify = refuse): Identify {
  return (header, path) => {
    const [actor, workspace] = [header(ACTOR), header(WORKSPACE)];
    if (actor === undefined || workspace === undefined) return otherwise(header, path);
    return { actor: decoded(actor), workspace: decoded(workspace) };
  };
}

function refuse(): never {
  throw new UnauthenticatedError('The call does not say on whose behalf it is made');
}

/** Metadata is ASCII, names are not. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UnauthenticatedError('The call names its actor or workspace in a form that cannot be read');
  }
}
