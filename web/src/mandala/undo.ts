/** What can be taken back, and what was. */
export interface Undoable<State> {
  readonly past: readonly State[];
  readonly present: State;
  readonly future: readonly State[];
  /** What is being typed in: its letters are one step, until it is settled. */
  readonly typing: string | undefined;
}

const MOST_STEPS = 200;

export const begin = <State>(present: State): Undoable<State> => ({ past: [], present, future: [], typing: undefined });

/** @param typing names what is typed in; left out, the change is a step of its own */
export function change<State>(steps: Undoable<State>, present: State, typing?: string): Undoable<State> {
  const goesOn = typing !== undefined && typing === steps.typing;
  const past = goesOn ? steps.past : [...steps.past, steps.present].slice(-MOST_STEPS);
  return { past, present, future: [], typing };
}

/** Ends a step: what is typed from now on is another. */
export const settle = <State>(steps: Undoable<State>): Undoable<State> =>
  steps.typing === undefined ? steps : { ...steps, typing: undefined };

/** Takes back what was typed since it was last settled; it is then not to be done again. */
export function restore<State>(steps: Undoable<State>): Undoable<State> {
  if (steps.typing === undefined) return steps;
  const { present, past } = undo(steps);
  return { past, present, future: [], typing: undefined };
}

export function undo<State>(steps: Undoable<State>): Undoable<State> {
  const { past, present, future } = steps;
  const previous = past.at(-1);
  if (previous === undefined) return steps;
  return { past: past.slice(0, -1), present: previous, future: [present, ...future], typing: undefined };
}

export function redo<State>(steps: Undoable<State>): Undoable<State> {
  const { past, present, future } = steps;
  const [next, ...rest] = future;
  if (next === undefined) return steps;
  return { past: [...past, present], present: next, future: rest, typing: undefined };
}
