import type { Definition } from '../../local/aws/step-functions/engine/definition.ts';
import { Interpreter } from './model/execution.ts';
import { People } from './model/people.ts';
import { type Machine, Site } from './model/site.ts';
import type { Limits } from './stage.ts';
import { WORK } from './workload.ts';

/** Users of a local stack who start at the same moment. */
export interface Rush {
  readonly users: number;
  readonly actions: number;
  /** Milliseconds of an AI answer. */
  readonly aiMs: number;
}

/** What was measured of runs that had the machine for themselves; milliseconds of a core. */
export interface Measured {
  /** A run, without the status answers. */
  readonly runMs: number;
  readonly statusMs: number;
  /** The start of a process of a Lambda. */
  readonly startMs: number;
}

/** Predicts how the local stack does: nothing limits it but its machine, whose cores all wait for. */
export class LocalStackModel {
  readonly #limits: Limits;
  readonly #definition: Definition;

  constructor(limits: Limits, definition: Definition) {
    this.#limits = limits;
    this.#definition = definition;
  }

  /**
   * When the last run of a rush ends, in milliseconds since it began.
   * @param cores that the stack has; may be broken, where others use the machine too
   */
  predict(cores: number, { runMs, statusMs, startMs }: Measured, rush: Rush): number {
    const share = runMs / this.#invocations(rush);
    const cpuMs = { ...sharesOf(share), 'get-status': statusMs };
    return this.#play({ cores, cpuMs, startMs }, rush).endedAt;
  }

  /** Invocations of a run, but for those of the page: all have the same share of its work, since only the sum matters in a rush. */
  #invocations(rush: Rush): number {
    return this.#play({ cores: 1, cpuMs: sharesOf(1), startMs: 0 }, { ...rush, users: 1 }).workedMs;
  }

  #play(machine: Machine, { users, actions, aiMs }: Rush): { endedAt: number; workedMs: number } {
    const aiSeconds = { mean: aiMs / 1000, spread: 0 };
    const site = new Site({ limits: this.#limits, aiSeconds, machine, seed: '1' });
    const people = new People(site, new Interpreter(this.#definition, site), { actions, perSecond: users });
    for (let user = 0; user < users; user += 1) site.simulation.start(people.visit(false));
    site.simulation.run();
    const endedAt = Math.max(...people.visits.map(({ run }) => run?.endedAt ?? Number.POSITIVE_INFINITY));
    return { endedAt, workedMs: site.cores?.workedMs ?? 0 };
  }
}

/** The same for every Lambda but those behind the page's reads. */
const sharesOf = (ms: number) => ({
  ...Object.fromEntries(Object.keys(WORK).map((lambda) => [lambda, ms])),
  'get-status': 0,
  goals: 0,
});
