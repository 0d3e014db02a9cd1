/**
 * Gives the memory of a chunk back at once, where the chunk has it for itself. Only for whoever used it last: the collector,
 * which hears of each, would come by for every few megabytes of a stream.
 */
export function release(chunk: Buffer): void {
  const { buffer, length } = chunk;
  if (length === buffer.byteLength && 'transfer' in buffer) buffer.transfer(0);
}
