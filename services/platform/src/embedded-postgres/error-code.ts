/** The `code` of an error of Node's own, wherever the error was made: under jest it is no instance of our `Error`. */
export function errorCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}
