import { type DescMethod, getOption, hasOption, type Message } from '@bufbuild/protobuf';
import { Level, Member, type Permission, permission, Resource } from '@millrace/proto/options/v1/options';
import type { Context, Readable } from './context.ts';

/** What one call needs, in the shapes a contract can declare. `via` says that `id` is a member's: look up its resource first. */
export type Need =
  | { readonly type: 'open' | 'self' }
  | { readonly type: 'resource'; readonly on: Kind; readonly level: Level; readonly via: Via; readonly id: string }
  | { readonly type: 'place'; readonly on: 'WORKSPACE' | 'SERVER'; readonly level: Level }
  | { readonly type: 'filter'; readonly on: Kind; readonly level: Level };

type Kind = keyof typeof Resource;
type Via = keyof typeof Member | undefined;
type Fields = Message & Readonly<Record<string, unknown>>;

/**
 * Throws to deny; for a `filter` it gives what may be read. Whatever it cannot decide (an id that leads nowhere, a need it does
 * not know) it must deny.
 */
export type Authorize = (need: Need, context: Context) => Readable | undefined | Promise<Readable | undefined>;

/** For a server without sign-in: everybody may do everything. */
export const openAccess: Authorize = () => undefined;

/** Reads the rpc's permission option once; throws, at start, when it is missing or does not fit the request message. */
export function declaredNeed(method: DescMethod): (request: Message) => Need {
  if (!hasOption(method, permission)) throw new Error('declares no permission');
  const declared = getOption(method, permission);
  switch (declared.rule.case) {
    case 'open':
    case 'self':
      if (!declared.rule.value) throw new Error(`says '${declared.rule.case}: false'`); // a oneof set to false is still set
      return constant({ type: declared.rule.case });
    case 'filter':
      return constant({ type: 'filter', on: name(Resource, declared.rule.value), level: levelOf(declared) });
    case 'on':
      return declared.idFrom
        ? resourceNeed(method, declared, declared.rule.value)
        : placeNeed(declared, declared.rule.value);
    default:
      throw new Error('has a permission that says neither on, filter, open nor self');
  }
}

function resourceNeed(method: DescMethod, declared: Permission, on: Resource): (request: Message) => Need {
  const field = method.input.fields.find(({ name }) => name === declared.idFrom);
  if (field?.fieldKind !== 'scalar')
    throw new Error(`takes its permission from '${declared.idFrom}', which its request lacks`);
  const [kind, level] = [name(Resource, on), levelOf(declared)];
  const via = declared.via === Member.MEMBER_UNSPECIFIED ? undefined : name(Member, declared.via);
  const idOf = (request: Message) => String((request as Fields)[field.localName] ?? '');
  return (request) => ({ type: 'resource', on: kind, level, via, id: idOf(request) });
}

function placeNeed(declared: Permission, on: Resource): (request: Message) => Need {
  const place = name(Resource, on);
  if (place !== 'WORKSPACE' && place !== 'SERVER') throw new Error(`needs an id_from to say which ${place}`);
  return constant({ type: 'place', on: place, level: levelOf(declared) });
}

function levelOf({ level }: Permission): Level {
  if (level === Level.LEVEL_UNSPECIFIED) throw new Error('has a permission without a level');
  return level;
}

const constant = (need: Need) => () => need;

function name<E extends Record<string, string | number>>(names: E, value: number): keyof E {
  return names[value] as keyof E;
}
