/** The event itself is refused, and would be tomorrow; others can be published. Anything else that fails may pass. */
export class RefusedEventError extends Error {
  override readonly name = 'RefusedEventError';
}
