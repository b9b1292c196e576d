import { type Invocation, invocations, Pause } from '../stand-ins/invocation.ts';
import { clock } from '../stand-ins/time.ts';
import { type Ended, endedOf } from './answer.ts';
import type { Handler } from './handlers.ts';

/** What a call got. */
export interface Outcome {
  readonly index: number;
  readonly isGood: boolean;
  readonly value: unknown;
  /** The same for equal values. */
  readonly text: string;
}

/** The answers that an invocation gets at once, and when; milliseconds since the epoch. */
interface Step {
  readonly now: number;
  readonly outcomes: readonly Outcome[];
}

/** Where the code of an invocation is after some answers. */
export interface Point {
  /** The calls that it waits for, each with its place among all calls of the invocation. */
  readonly pending: ReadonlyMap<number, object>;
  readonly ended: Ended | undefined;
  /** What code that nobody waits for has thrown. */
  readonly escaped: string | undefined;
  /** Where it comes to from here, by the answers that it gets. */
  readonly next: Map<string, Point>;
}

/** Where every invocation of a scenario begins. */
export const beginning = (): Point => ({ pending: new Map(), ended: undefined, escaped: undefined, next: new Map() });

/** Lets code come to its next calls, and what escapes from it be caught. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

let escaped: unknown;
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (thrown: unknown) => {
    escaped ??= thrown;
  });
}

/** What code that nobody waits for has thrown since this was asked last. */
export function takeEscaped(): string | undefined {
  const thrown = escaped;
  escaped = undefined;
  return thrown === undefined ? undefined : String((thrown instanceof Error && thrown.stack) || thrown);
}

/** The code of a Lambda at work on one event. */
class Running implements Invocation {
  readonly startedAt = clock.now;
  readonly pending = new Map<number, object>();
  ended: Ended | undefined;
  readonly #id: string;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #issued = 0;
  #ids = 0;

  constructor(id: string, handler: () => Promise<unknown>) {
    this.#id = id;
    const end = (isGood: boolean) => (value: unknown) => {
      this.ended = endedOf(isGood, value);
    };
    invocations.run(this, handler).then(end(true), end(false));
  }

  issue(command: object): Promise<unknown> {
    const index = this.#issued;
    this.#issued += 1;
    this.pending.set(index, command);
    if (command instanceof Pause && command.isLong)
      command.signal?.addEventListener('abort', () => this.pending.delete(index));
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(index, waiting);
    return waiting.promise;
  }

  newId(): string {
    this.#ids += 1;
    return `${this.#id}-${this.#ids}`;
  }

  answer({ index, isGood, value }: Outcome): void {
    this.pending.delete(index);
    if (isGood) this.#waiting.get(index)?.resolve(value);
    else this.#waiting.get(index)?.reject(value);
  }
}

/**
 * One invocation in one run. What its code does follows from its event, its answers and their times. So it is recorded, once
 * for all runs of a scenario: an invocation that gets the answers of an earlier run is played back, and its code runs
 * from the first other answer on, when it has been given the answers before that one again.
 */
export class Playback {
  #point: Point;
  readonly #id: string;
  readonly #event: unknown;
  readonly #handler: Handler;
  #running: Running | undefined;
  /** Steps that the running code has not taken. */
  readonly #ahead: Step[] = [];
  #isBegun = false;

  /** @param beginning of all invocations */
  constructor(beginning: Point, id: string, event: unknown, handler: Handler) {
    this.#point = beginning;
    this.#id = id;
    this.#event = event;
    this.#handler = handler;
  }

  /**
   * Goes to the next point.
   * @param outcomes the answers that it got; at first none
   */
  async advance(outcomes: readonly Outcome[]): Promise<Point> {
    const begun = this.#isBegun ? '' : `${this.#id} ${JSON.stringify(this.#event)}`;
    this.#isBegun = true;
    this.#ahead.push({ now: clock.now, outcomes });
    const key = `${begun}${clock.now}${outcomes.map(({ index, isGood, text }) => `|${index} ${isGood} ${text}`).join('')}`;
    const next = this.#point.next.get(key) ?? (await this.#run());
    this.#point.next.set(key, next);
    this.#point = next;
    return next;
  }

  async #run(): Promise<Point> {
    const { now } = clock;
    for (const step of this.#ahead.splice(0)) {
      clock.now = step.now;
      this.#running ??= new Running(this.#id, () => this.#handler(this.#event));
      for (const outcome of step.outcomes) this.#running.answer(outcome);
      await turn();
    }
    clock.now = now;
    const { pending, ended } = this.#running ?? {};
    return { ...beginning(), pending: new Map(pending), ended, escaped: takeEscaped() };
  }
}
