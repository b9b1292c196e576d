/** A mistake that the person who runs synth can correct. They need its message alone, not its stack. */
export class SynthError extends Error {
  override readonly name = 'SynthError';
}
