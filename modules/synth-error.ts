/** A mistake that the person who runs synth can correct; its message is all they need, without a stack. */
export class SynthError extends Error {
  override readonly name = 'SynthError';
}
