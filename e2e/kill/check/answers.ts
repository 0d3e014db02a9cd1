import { DIED, isWorthRepeating, NO_ANSWER } from '../client.ts';
import type { Operation, Reply } from '../journal.ts';

/** How a connection to a process that is killed ends. */
const LOST_CONNECTION = /^(ECONNREFUSED|ECONNRESET|EPIPE|UND_ERR_SOCKET)$/;

/** Every request was valid: it may be done, put off with a time to come again, or lose its connection, and nothing else. */
export function checkAnswers(operations: readonly Operation[]): string[] {
  const putOff = operations.filter(({ acknowledged, replies }) => !acknowledged && isPutOff(replies.at(-1)));
  return [
    ...operations.flatMap(checkReplies),
    ...putOff.map(({ id, path }) => `${id} ${path}: put off until the client gave up`),
  ];
}

function checkReplies({ id, path, replies }: Operation): string[] {
  return replies.flatMap(({ status, retryAfter, why = '', body }) => {
    const say = (what: string) => [`${id} ${path}: ${what}`];
    if (status === 0)
      return why === DIED || LOST_CONNECTION.test(why) ? [] : say(why === NO_ANSWER ? why : `broken answer: ${why}`);
    if (status === 200) return [];
    if (status !== 429 && status !== 503) return say(`answered ${status} ${JSON.stringify(body)}`);
    return retryAfter === undefined ? say(`answered ${status} without Retry-After`) : [];
  });
}

function isPutOff(last: Reply | undefined): boolean {
  return last === undefined || (isWorthRepeating(last) && last.why !== DIED);
}
