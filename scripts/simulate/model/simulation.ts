import { sequence } from '../../../local/aws/bedrock/random.ts';

/** What a process waits for: so many milliseconds, or that somebody calls the `resume` that it hands out. */
export type Wait = number | ((resume: () => void) => void);
/** What happens to one thing in simulated time: a generator that yields what it waits for. */
export type Process<Result = void> = Generator<Wait, Result, void>;

interface Event {
  readonly at: number;
  /** Of two events at the same time, the one that was planned first comes first. */
  readonly order: number;
  readonly happen: () => void;
}

const isBefore = (one: Event, other: Event) => one.at < other.at || (one.at === other.at && one.order < other.order);

/**
 * A discrete-event simulation: its clock jumps from one planned event to the next. The same seed and the same processes
 * make the same events.
 */
export class Simulation {
  /** Gives a number in [0, 1). */
  readonly random: () => number;
  readonly #events = new Queue();
  #now = 0;
  #planned = 0;

  constructor(seed: string) {
    this.random = sequence(seed);
  }

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  /** Events that are still to come. */
  get pending(): number {
    return this.#events.size;
  }

  /** Begins a process now. @param onEnd called once it is over */
  start<Result>(process: Process<Result>, onEnd?: (result: Result) => void): void {
    const go = () => {
      const { done, value } = process.next();
      if (done === true) onEnd?.(value);
      else if (typeof value === 'number') this.#plan(this.#now + value, go);
      else value(go);
    };
    go();
  }

  /** Lets everything happen that is planned up to a time; by default, all. */
  run(until = Number.POSITIVE_INFINITY): void {
    for (;;) {
      const event = this.#events.takeUntil(until);
      if (event === undefined) break;
      this.#now = event.at;
      event.happen();
    }
    if (Number.isFinite(until)) this.#now = until;
  }

  #plan(at: number, happen: () => void): void {
    this.#planned += 1;
    this.#events.add({ at, order: this.#planned, happen });
  }
}

/** Events by time: a binary heap, since a simulation has thousands of them waiting. */
class Queue {
  readonly #heap: Event[] = [];

  get size(): number {
    return this.#heap.length;
  }

  add(event: Event): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, event)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = event;
  }

  /** The next event, taken out, unless it is later than a time. */
  takeUntil(time: number): Event | undefined {
    const heap = this.#heap;
    const [first] = heap;
    if (first === undefined || first.at > time) return undefined;
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(event: Event): void {
    const heap = this.#heap;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      const isRight = one !== undefined && other !== undefined && isBefore(other, one);
      const child = isRight ? other : one;
      if (child === undefined || isBefore(event, child)) break;
      heap[place] = child;
      place = isRight ? left + 1 : left;
    }
    heap[place] = event;
  }
}
