/** A mistake that whoever runs the tests can correct; the message is all they need. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
