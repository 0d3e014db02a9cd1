export type ServerSentEvent = {
  /** Empty: none was given. */
  readonly id: string;
  /** Empty for a sign of life. */
  readonly data: string;
};

const MAX_EVENT_CHARACTERS = 4 * 2 ** 20;

/** Reads a `text/event-stream`; `alive` is called with everything that comes, comments too. */
export async function* serverSentEvents(response: Response, alive: () => void): AsyncGenerator<ServerSentEvent> {
  if (!response.body) return;
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    alive();
    rest += text;
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    if (rest.length > MAX_EVENT_CHARACTERS) throw new Error('the stream holds an event that is too big');
    for (const block of blocks) yield parseBlock(block);
  }
}

function parseBlock(block: string): ServerSentEvent {
  const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line));
  const of = (name: string) => fields.filter((field) => field?.[1] === name).map((field) => field?.[2] ?? '');
  return { id: of('id').at(-1) ?? '', data: of('data').join('\n') };
}
