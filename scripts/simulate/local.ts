import type { Definition } from '../../local/aws/step-functions/engine/definition.ts';
import { Interpreter } from './model/execution.ts';
import { People } from './model/people.ts';
import { type Machine, Site } from './model/site.ts';
import type { Limits } from './stage.ts';

/** Users of a local stack who start at the same moment. */
export interface Rush {
  readonly users: number;
  readonly actions: number;
  /** Milliseconds of an AI answer. */
  readonly aiMs: number;
}

/**
 * When the last run of a rush on the local stack ends; milliseconds. Nothing limits it but the machine: its cores are what
 * all wait for.
 * @param machine its cores, and what a run takes of them, as measured on runs that have it for themselves
 */
export function predictRush(machine: Machine, { users, actions, aiMs }: Rush, limits: Limits, definition: Definition): number {
  const site = new Site({ limits, aiSeconds: { mean: aiMs / 1000, spread: 0 }, machine, seed: '1' });
  const people = new People(site, new Interpreter(definition, site), { actions, perSecond: users });
  for (let user = 0; user < users; user += 1) site.simulation.start(people.visit(false));
  site.simulation.run();
  return Math.max(...people.visits.map(({ run }) => run?.endedAt ?? Number.POSITIVE_INFINITY));
}
