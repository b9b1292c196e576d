import type { Bounds } from '../world/bounds.ts';
import type { Lambda } from '../world/lambdas.ts';
import type { World } from '../world/world.ts';
import { cancel, executionOf, type Scenario, STEPS, seedGoal, start, status, sweep, tick } from './scenario.ts';

/** The run of an execution matters little where its start is looked at. */
const STEPS_TO_THE_END: readonly Lambda[] = [...STEPS, 'update-goal-status'];
const startsAlone: Partial<Bounds> = { atomic: STEPS_TO_THE_END };
const untilSaved: Partial<Bounds> = { atomic: ['get-actions', 'create-batches', 'update-progress'] };
const denied: Partial<Bounds> = { faults: 1, modes: ['deny'], atomic: STEPS_TO_THE_END };

const prepare = (world: World) => seedGoal(world);

/** Runs other goals to their end, so that their slots are there to be freed. */
const afterRunsOf = (...goals: readonly string[]) => ({
  prepare: (world: World) => {
    for (const goalId of ['g', 'h', 'i', 'j']) seedGoal(world, goalId);
    for (const goalId of goals) start(world, `first-${goalId}`, goalId);
  },
  until: (world: World) => goals.every((goalId) => executionOf(world, `${goalId}-1`)?.status === 'SUCCEEDED'),
});
const slots: Partial<Bounds> = { atomic: [...STEPS_TO_THE_END, 'validate-input'] };

/** Rule 1: a goal has one running execution, and a user no more than are allowed. */
export const STARTS: Readonly<Record<string, Scenario>> = {
  'two-starts': {
    bounds: untilSaved,
    prepare,
    act: (world) => {
      start(world, 'startA');
      start(world, 'startB');
    },
  },
  'two-starts-grace': {
    bounds: startsAlone,
    prepare,
    act: (world) => {
      start(world, 'startA');
      start(world, 'startB');
      tick(world, 11);
    },
  },
  'start-cancel': {
    bounds: untilSaved,
    prepare,
    act: (world) => {
      start(world, 'start');
      cancel(world, 'cancel');
    },
  },
  'start-cancel-start': {
    bounds: startsAlone,
    prepare,
    act: (world) => {
      start(world, 'startA');
      cancel(world, 'cancel');
      start(world, 'startB');
    },
  },
  'start-sweep-cancel': {
    bounds: startsAlone,
    prepare,
    act: (world) => {
      start(world, 'start');
      tick(world, 11);
      sweep(world, 'sweep');
      cancel(world, 'cancel');
    },
  },
  'two-starts-denied': {
    bounds: denied,
    prepare,
    act: (world) => {
      start(world, 'startA');
      start(world, 'startB');
    },
  },
  /** It dies somewhere, and nobody asks again: the sweep starts what was claimed. */
  'start-dies': {
    bounds: { ...startsAlone, faults: 1, modes: ['crashBefore', 'crashAfter'] },
    prepare,
    act: (world) => start(world, 'start'),
  },
  'start-denied': {
    bounds: denied,
    prepare,
    act: (world) => {
      start(world, 'startA');
      tick(world, 11);
      start(world, 'startB');
      status(world, 'status');
    },
  },
  'start-denied-cancel': {
    bounds: denied,
    prepare,
    act: (world) => {
      start(world, 'start');
      tick(world, 11);
      sweep(world, 'sweep');
      cancel(world, 'cancel');
    },
  },
  slots: {
    bounds: slots,
    ...afterRunsOf('g', 'h'),
    act: (world) => {
      start(world, 'startI', 'i');
      start(world, 'startJ', 'j');
    },
  },
  'slots-three': {
    bounds: slots,
    ...afterRunsOf('g'),
    act: (world) => {
      for (const goalId of ['h', 'i', 'j']) start(world, `start-${goalId}`, goalId);
    },
  },
};
