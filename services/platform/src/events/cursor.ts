import { InvalidParameterError } from '../errors.ts';

/** Where to read on: per topic and partition, the first position that has not been read. */
export class Cursor {
  readonly #next: Map<string, Map<string, bigint>>;

  private constructor(next: Map<string, Map<string, bigint>>) {
    this.#next = next;
  }

  static empty(): Cursor {
    return new Cursor(new Map());
  }

  /** Throws InvalidParameterError. */
  static parse(text: string): Cursor {
    try {
      const topics = JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, Record<string, string>>;
      const entries = Object.entries(topics).map(
        ([topic, parts]) => [topic, new Map(Object.entries(parts).map(([part, at]) => [part, position(at)]))] as const,
      );
      return new Cursor(new Map(entries));
    } catch (cause) {
      throw new InvalidParameterError(`'after' is no cursor of this server, nor 'earliest' or 'latest'`, { cause });
    }
  }

  get(topic: string, partition: string): bigint | undefined {
    return this.#next.get(topic)?.get(partition);
  }

  set(topic: string, partition: string, next: bigint): void {
    const partitions = this.#next.get(topic) ?? new Map<string, bigint>();
    this.#next.set(topic, partitions.set(partition, next));
  }

  toString(): string {
    const topics = [...this.#next].map(([topic, partitions]) => {
      const texts = [...partitions].map(([partition, next]) => [partition, String(next)]);
      return [topic, Object.fromEntries(texts) as Record<string, string>] as const;
    });
    return Buffer.from(JSON.stringify(Object.fromEntries(topics))).toString('base64url');
  }
}

function position(text: unknown): bigint {
  if (typeof text !== 'string' || !/^\d{1,18}$/.test(text)) throw new Error('a position is a number');
  return BigInt(text);
}
