import type { Process } from './simulation.ts';

/** What a limit has been asked for, and what became of it. */
export interface Count {
  asked: number;
  granted: number;
  refused: number;
}

const counted = (): Count => ({ asked: 0, granted: 0, refused: 0 });

/** So much a second: a token bucket, as AWS's services limit requests. Infinite where nothing limits. */
export class Rate {
  readonly count = counted();
  readonly perSecond: number;
  readonly #burst: number;
  #level: number;
  #filledAt = 0;

  /** @param burst what may be taken at once after a quiet time */
  constructor(perSecond: number, burst = perSecond) {
    this.perSecond = perSecond;
    this.#burst = burst;
    this.#level = burst;
  }

  /**
   * Takes an amount, in turn with those who asked before.
   * @param patienceMs whoever would have to wait longer is refused
   * @returns milliseconds until it is there; undefined when it is refused, and nothing is taken
   */
  take(now: number, amount = 1, patienceMs = 0): number | undefined {
    this.count.asked += amount;
    if (this.perSecond === Number.POSITIVE_INFINITY) {
      this.count.granted += amount;
      return 0;
    }
    const filled = this.#level + ((now - this.#filledAt) / 1000) * this.perSecond;
    this.#level = Math.min(this.#burst, filled);
    this.#filledAt = now;
    const wait = Math.max(0, ((amount - this.#level) / this.perSecond) * 1000);
    if (wait > patienceMs) {
      this.count.refused += amount;
      return undefined;
    }
    this.#level -= amount;
    this.count.granted += amount;
    return wait;
  }

  /** Takes a part of what was taken back; less than nothing takes more. */
  giveBack(amount: number): void {
    this.#level = Math.min(this.#burst, this.#level + amount);
    this.count.asked -= amount;
    this.count.granted -= amount;
  }
}

/** So many at the same time. Infinite where nothing limits. */
export class Slots {
  readonly count = counted();
  readonly size: number;
  /** Taken now, and the most that ever were. */
  used = 0;
  most = 0;
  #slotMs = 0;
  #since = 0;

  constructor(size: number) {
    this.size = size;
  }

  /** Takes one. @returns false when all are taken */
  enter(now: number): boolean {
    this.count.asked += 1;
    if (this.used >= this.size) {
      this.count.refused += 1;
      return false;
    }
    this.count.granted += 1;
    this.#add(now, 1);
    this.most = Math.max(this.most, this.used);
    return true;
  }

  leave(now: number): void {
    this.#add(now, -1);
  }

  /** For how long slots were taken until now, all together; milliseconds. */
  slotMs(now: number): number {
    this.#add(now, 0);
    return this.#slotMs;
  }

  #add(now: number, change: number): void {
    this.#slotMs += this.used * (now - this.#since);
    this.#since = now;
    this.used += change;
  }
}

/** The cores of a machine: each works on one thing at a time, and takes the next one in the order in which they came. */
export class Cores {
  /** When each core has done what it was given. */
  readonly #freeAt: number[];
  readonly #speed: number;
  /** What was worked so far; milliseconds of a whole core. */
  workedMs = 0;

  /** @param count may be broken, where others use the machine too: its cores then are slower */
  constructor(count: number) {
    this.#freeAt = Array.from({ length: Math.ceil(count) }, () => 0);
    this.#speed = count / Math.ceil(count);
  }

  /** Works for so long. @param ms milliseconds of a whole core */
  *work(now: number, ms: number): Process {
    if (ms <= 0) return;
    this.workedMs += ms;
    const first = this.#freeAt.indexOf(Math.min(...this.#freeAt));
    const end = Math.max(now, this.#freeAt[first] ?? now) + ms / this.#speed;
    this.#freeAt[first] = end;
    yield end - now;
  }
}
