import { hash } from '../model/items.ts';
import { type Chooser, run, type Subject } from './play.ts';

/** A rule that was broken, and the plainest schedule that broke it so far. */
export interface Violation {
  readonly message: string;
  /** The option that was chosen at each step. */
  choices: readonly number[];
}

/** What a search has looked at. */
export interface Found {
  schedules: number;
  /** The most preemptions of which all schedules were tried; undefined when not even those without one were. */
  complete?: number;
  /** Nothing was cut off: more preemptions make no other schedules. */
  isAll: boolean;
  /** By the name of the rule. */
  readonly violations: Record<string, Violation>;
}

const nothing = (): Found => ({ schedules: 0, isAll: false, violations: {} });

/** Schedules that choose another option than the first one seldom, and late, are plain. */
const weight = (choices: readonly number[]) => 1000 * choices.filter((choice) => choice > 0).length + choices.length;

/** Runs a schedule, and adds it to what was found. */
async function tryOne(found: Found, subject: Subject, choose: Chooser): Promise<void> {
  const choices: number[] = [];
  const { broken } = await run(subject, (options, world) => {
    const index = choose(options, world);
    if (index !== undefined) choices.push(index);
    return index;
  });
  found.schedules += 1;
  for (const [rule, message] of Object.entries(broken)) {
    const known = found.violations[rule];
    if (known === undefined || weight(choices) < weight(known.choices)) found.violations[rule] = { message, choices };
  }
}

/** When a search ends before it is complete. */
export interface Limits {
  readonly schedules: number;
  /** Ends when this rule is broken. */
  readonly untilBroken?: string;
}

const isOver = ({ schedules, violations }: Found, limits: Limits) =>
  schedules >= limits.schedules || (limits.untilBroken !== undefined && limits.untilBroken in violations);

/** For each step of a schedule, the options that may be chosen, and which one is. */
type Path = { readonly allowed: readonly number[]; at: number }[];

/**
 * Tries every schedule within the bounds with so many preemptions at most, depth first. A state that was seen before is not entered again: everybody's next
 * call follows from the answers so far, so a state is what the services hold, what everybody was answered, and what is under
 * way.
 */
async function explore(found: Found, subject: Subject, preemptions: number, limits: Limits): Promise<void> {
  const seen = new Set<number>();
  const path: Path = [];
  let isCut = false;
  let isLeft = true;
  while (isLeft && !isOver(found, limits)) {
    let depth = 0;
    let used = 0;
    await tryOne(found, subject, (options, world) => {
      const { last } = world;
      // A preemption takes the turn from somebody who could go on, and whose options come first then.
      const canGoOn = last !== undefined && options[0]?.actor === last;
      const price = (index: number) => Number(canGoOn && options[index]?.actor !== last);
      if (depth === path.length) {
        const state = hash(`${world.digest()} ${last?.id} ${used}`);
        if (seen.has(state)) return undefined;
        seen.add(state);
        const allowed = [...options.keys()].filter((index) => used + price(index) <= preemptions);
        isCut ||= allowed.length < options.length;
        path.push({ allowed, at: 0 });
      }
      const level = path[depth];
      const index = level?.allowed[level.at];
      if (index === undefined) throw new Error('a schedule did not repeat itself');
      depth += 1;
      used += price(index);
      return index;
    });
    isLeft = advance(path);
  }
  if (!isLeft) Object.assign(found, { complete: preemptions, isAll: !isCut });
}

/** Goes to the next schedule. @returns false when there is none */
function advance(path: Path): boolean {
  for (let level = path.at(-1); level !== undefined; level = path.at(-1)) {
    level.at += 1;
    if (level.at < level.allowed.length) return true;
    path.pop();
  }
  return false;
}

/** Tries schedules without a preemption first, then with one, and so on: each round that is complete has proved its bound. */
export async function deepen(subject: Subject, preemptions: number, limits: Limits): Promise<Found> {
  const found = nothing();
  for (let most = 0; most <= preemptions && !found.isAll; most += 1) await explore(found, subject, most, limits);
  return found;
}

/** Tries schedules drawn from a seed. */
export async function draw(subject: Subject, seed: number, limits: Limits): Promise<Found> {
  const found = nothing();
  while (!isOver(found, limits)) {
    const name = `${seed} ${found.schedules}`;
    let numbers = 0;
    const random = () => {
      numbers += 1;
      return hash(`${name} ${numbers}`) / 2 ** 52;
    };
    /** How likely it is that the same one goes on: another one in each schedule. */
    const stickiness = 0.9 * random();
    await tryOne(found, subject, (options) => {
      const plain = options.filter(({ isPlain }) => isPlain).length;
      const most = plain > 0 && random() < 0.94 ? plain : options.length;
      return most === plain && random() < stickiness ? 0 : Math.floor(random() * most);
    });
  }
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

const SHRINKING_ROUNDS = 3;

/** Makes a schedule plainer for as long as it breaks the rule. */
export async function shrink(subject: Subject, rule: string, choices: readonly number[]): Promise<readonly number[]> {
  const breaks = async (candidate: readonly number[]) => rule in (await run(subject, repeat(candidate))).broken;
  let best = choices;
  for (let round = 1; round <= SHRINKING_ROUNDS; round += 1) {
    for (let index = best.length - 1; index >= 0; index -= 1) {
      if (best[index] === 0) continue;
      for (const candidate of [best.with(index, 0), best.toSpliced(index, 1)]) {
        if (await breaks(candidate)) best = candidate;
      }
    }
  }
  const last = best.findLastIndex((choice) => choice > 0);
  return best.slice(0, last + 1);
}
