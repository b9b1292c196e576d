import { hash } from '../model/items.ts';
import { realNow } from '../stand-ins/time.ts';
import type { Option } from '../world/options.ts';
import { beginning } from '../world/recording.ts';
import type { World } from '../world/world.ts';
import { type Chooser, run, type Subject } from './play.ts';

/** A rule that was broken, and the plainest schedule that broke it so far. */
export interface Violation {
  readonly message: string;
  /** The option that was chosen at each step. */
  readonly choices: readonly number[];
}

/** What a search has looked at. */
export interface Found {
  schedules: number;
  states: number;
  steps: number;
  milliseconds: number;
  /** Whether all schedules within the bounds were tried. */
  isComplete: boolean;
  readonly violations: Map<string, Violation>;
  readonly notes: Map<string, number>;
}

const nothing = (): Found => ({
  schedules: 0,
  states: 0,
  steps: 0,
  milliseconds: 0,
  isComplete: false,
  violations: new Map(),
  notes: new Map(),
});

/** Schedules that choose another option than the first one seldom, and late, are plain. */
const weight = (choices: readonly number[]) => 1000 * choices.filter((choice) => choice > 0).length + choices.length;

function collect({ violations, notes }: Found, world: World, choices: readonly number[]): void {
  for (const note of world.notes) notes.set(note, (notes.get(note) ?? 0) + 1);
  for (const [rule, message] of world.broken) {
    const known = violations.get(rule);
    if (known === undefined || weight(choices) < weight(known.choices)) violations.set(rule, { message, choices });
  }
}

/** When a search ends before it is complete. */
export interface Limits {
  /** Schedules; the same everywhere. */
  readonly schedules?: number | undefined;
  readonly milliseconds?: number | undefined;
  /** Ends when this rule is broken. */
  readonly untilBroken?: string;
}

function isOver(found: Found, { schedules, milliseconds, untilBroken }: Limits): boolean {
  return (
    found.schedules >= (schedules ?? Number.POSITIVE_INFINITY) ||
    found.milliseconds >= (milliseconds ?? Number.POSITIVE_INFINITY) ||
    (untilBroken !== undefined && found.violations.has(untilBroken))
  );
}

/** Whether an option takes the turn from somebody who could go on, and whose options come first then. */
const isPreemption = (options: readonly Option[], index: number, { last }: World) =>
  last !== undefined && options[0]?.actor === last && options[index]?.actor !== last;

/**
 * Tries every schedule within the bounds, depth first. A state that was seen before is not entered again: everybody's next
 * call follows from the answers so far, so a state is what the services hold, what everybody was answered, and what is under
 * way.
 * @param preemptions undefined for any number
 */
export async function explore(subject: Subject, preemptions: number | undefined, limits: Limits): Promise<Found> {
  const found = nothing();
  const began = realNow();
  const seen = new Set<number>();
  /** For each step of the schedule, the options that may be chosen, and which one is. */
  const path: { readonly allowed: readonly number[]; at: number }[] = [];
  do {
    let depth = 0;
    let used = 0;
    const choices: number[] = [];
    const choose: Chooser = (options, world) => {
      const price = (index: number) => (preemptions !== undefined && isPreemption(options, index, world) ? 1 : 0);
      if (depth === path.length) {
        const turn = preemptions === undefined ? '' : `${world.last?.id} ${used}`;
        const state = hash(`${world.digest()} ${turn}`);
        if (seen.has(state)) return undefined;
        seen.add(state);
        const allowed = [...options.keys()].filter((index) => used + price(index) <= (preemptions ?? 0));
        path.push({ allowed, at: 0 });
      }
      const level = path[depth];
      const index = level?.allowed[level.at];
      if (index === undefined) throw new Error('a schedule did not repeat itself');
      depth += 1;
      used += price(index);
      choices.push(index);
      return index;
    };
    const { world, steps } = await run(subject, choose);
    found.schedules += 1;
    found.steps += steps;
    collect(found, world, choices);
    found.isComplete = !advance(path);
    found.milliseconds = realNow() - began;
  } while (!found.isComplete && !isOver(found, limits));
  return { ...found, states: seen.size };
}

/** Goes to the next schedule. @returns false when there is none */
function advance(path: { readonly allowed: readonly number[]; at: number }[]): boolean {
  for (let level = path.at(-1); level !== undefined; level = path.at(-1)) {
    level.at += 1;
    if (level.at < level.allowed.length) return true;
    path.pop();
  }
  return false;
}

/** Tries schedules without a preemption first, then with one, and so on: each round that is complete has proved its bound. */
export async function deepen(subject: Subject, preemptions: number, limits: Limits): Promise<Found[]> {
  const rounds: Found[] = [];
  const sum = (of: 'schedules' | 'milliseconds') => rounds.reduce((total, round) => total + round[of], 0);
  for (let most = 0; most <= preemptions; most += 1) {
    const left = {
      ...limits,
      schedules: limits.schedules && limits.schedules - sum('schedules'),
      milliseconds: limits.milliseconds && limits.milliseconds - sum('milliseconds'),
    };
    const round = await explore(subject, most, left);
    const before = rounds.at(-1);
    rounds.push(round);
    if (!round.isComplete || isOver(round, left)) break;
    // Nothing was cut off: more preemptions make no other schedules.
    if (before?.schedules === round.schedules && before.states === round.states) break;
  }
  return rounds;
}

/** mulberry32 */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Tries schedules drawn from a seed. */
export async function draw(subject: Subject, seed: number, limits: Limits): Promise<Found> {
  const found = nothing();
  const began = realNow();
  do {
    const random = generator(seed + found.schedules);
    /** How likely it is that the same one goes on: another one in each schedule. */
    const stickiness = 0.9 * random();
    const choices: number[] = [];
    const choose: Chooser = (options) => {
      const plain = options.filter(({ isPlain }) => isPlain).length;
      const most = plain > 0 && random() < 0.94 ? plain : options.length;
      const index = most === plain && random() < stickiness ? 0 : Math.floor(random() * most);
      choices.push(index);
      return index;
    };
    // Drawn schedules have little in common, so that what one of them recorded would only be kept.
    const { world, steps } = await run({ ...subject, recorded: beginning() }, choose);
    found.schedules += 1;
    found.steps += steps;
    collect(found, world, choices);
    found.milliseconds = realNow() - began;
  } while (!isOver(found, limits));
  return found;
}

/** Chooses what was chosen before; the first option once that is over. */
export const repeat = (choices: readonly number[]): Chooser => {
  let at = 0;
  return (options) => {
    const index = choices[at] ?? 0;
    at += 1;
    return Math.min(index, options.length - 1);
  };
};

const SHRINKING_ROUNDS = 4;

/** Makes a schedule plainer for as long as it breaks the rule. */
export async function shrink(subject: Subject, rule: string, choices: readonly number[]): Promise<readonly number[]> {
  const breaks = async (candidate: readonly number[]) => (await run(subject, repeat(candidate))).world.broken.has(rule);
  let best = choices;
  for (let round = 1, isChanged = true; isChanged && round <= SHRINKING_ROUNDS; round += 1) {
    isChanged = false;
    for (let index = best.length - 1; index >= 0; index -= 1) {
      if (best[index] === 0) continue;
      const candidates = [best.toSpliced(index, 1), best.with(index, 0)];
      for (const candidate of candidates) {
        if (!(await breaks(candidate))) continue;
        best = candidate;
        isChanged = true;
        break;
      }
    }
  }
  const last = best.findLastIndex((choice) => choice > 0);
  return best.slice(0, last + 1);
}
