import type { ServerResponse } from 'node:http';
import { finished, type Readable } from 'node:stream';
import { release } from '../release.ts';

/**
 * Answers with the rest of a stream that nobody else reads, and ends. As `pipeline`, when one side fails it ends both; but it
 * gives the memory of every chunk back as soon as the network has it.
 */
export function pour(stream: Readable, res: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      stream.destroy();
      res.destroy(error);
      reject(error);
    };
    finished(res, { readable: false }, (error) => (error ? fail(error) : resolve()));
    finished(stream, { writable: false }, (error) => (error ? fail(error) : res.end()));
    res.on('drain', () => stream.resume());
    stream.on('data', (chunk: Buffer) => {
      const isRoomLeft = res.write(chunk, (error) => {
        if (!error) release(chunk);
      });
      if (!isRoomLeft) stream.pause();
    });
  });
}
