import { type DescMethod, getOption } from '@bufbuild/protobuf';
import { expensive, rest } from '@millrace/proto/options/v1/options';

/** What is refused when there is too much to do, the first one first. Health is asked outside the contract, and never refused. */
export const WORKS = ['search', 'read', 'write'] as const;
export type Work = (typeof WORKS)[number];

/** A caller that lost a write may have lost it for good; one that lost a page asks for it again. */
export function workOf(method: DescMethod): Work {
  if (getOption(method, expensive)) return 'search';
  const verbs = getOption(method, rest).map(({ binding }) => binding.case);
  // without a path it is another service that asks, on behalf of somebody who was let in there
  return verbs.length > 0 && verbs.every((verb) => verb === 'get') ? 'read' : 'write';
}
