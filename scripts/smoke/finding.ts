/** Something of the stage is not as it must be; the message says what, in a sentence for people. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

/** @throws Finding unless it holds */
export function expectThat(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Finding(otherwise);
}

/** `1 action`, `9 actions` */
export const counted = (count: number, thing: string) => `${count} ${thing}${count === 1 ? '' : 's'}`;

/** `0.4 s`, `17 s` */
export const seconds = (ms: number) => `${ms < 10_000 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000)} s`;
