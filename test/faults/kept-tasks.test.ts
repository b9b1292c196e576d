import { expect } from 'chai';
import { ALL_FAULTS } from '../../local/aws/aws-faults.ts';
import { SEED, TIMES } from '../support/seed.ts';
import { FAULTS, type ServiceCall, useFaultyStack } from '../support/stack/fault-proxy.ts';
import type { Person } from '../support/stack/person.ts';
import { type Goal, type Started, signIn, type Task, titles, type User } from '../support/stack/stack.ts';

/** Every run makes the same calls: of the faults of AWS, the one that leaves them as they are. */
const QUIET = { AWS_FAULTS: JSON.stringify({ wholeSeconds: ALL_FAULTS.wholeSeconds, seed: SEED }) };
type Survived = (typeof FAULTS)[number];
/** What becomes of one call: by the seed one of three, in three seeds in a row all, and in `make soak`. */
const faultsOf = (index: number): readonly Survived[] =>
  TIMES > 1 ? FAULTS : FAULTS.slice((index + SEED) % FAULTS.length).slice(0, 1);

/** A goal, and whoever works with its tasks. */
interface Scene {
  readonly user: User;
  readonly goal: Goal;
  readonly person: Person;
}

/** What somebody does while a call fails. @returns what the goal must then be */
interface Act {
  /** Of an action whose tasks a first run has made. */
  readonly title?: string;
  readonly prepare?: (scene: Scene) => Promise<void>;
  readonly act: (scene: Scene) => Promise<void>;
  readonly status: string;
  /** Of the tasks that executions made, which are there then, by the number of the execution. */
  readonly made: (tasks: readonly Task[]) => unknown;
}

const attemptOf = ({ executionArn }: Task) => executionArn?.replace(/.*-/, '');
const makersOf = (tasks: readonly Task[]) => [...new Set(tasks.map(attemptOf))];

async function makeAgain({ user, goal: { goalId, actions } }: Scene): Promise<string> {
  const path = `/api/goals/${goalId}/actions/${actions[0]?.actionId}/make-again`;
  const { body } = await user.call<Started>('POST', path);
  return body.executionArn ?? (await user.getGoal(goalId)).executionArn ?? '';
}

const ACTS: Readonly<Record<string, Act>> = {
  'a person checks off, edits, adds and removes tasks': {
    act: async ({ person }) => {
      await person.check(0);
      await person.edit(1);
      await person.add(0);
      await person.remove(2);
      await person.check(0);
    },
    status: 'active',
    made: makersOf,
  },
  'an action is made again': {
    prepare: ({ person }) => person.check(0),
    act: async (scene) => {
      const executionArn = await makeAgain(scene);
      await scene.user.waitForEnd(executionArn, 20_000);
    },
    status: 'active',
    made: (tasks) => makersOf(tasks).slice(-1),
  },
};
