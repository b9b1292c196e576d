import { BEGINNING, clock } from '../stand-ins/time.ts';
import type { World } from '../world/world.ts';
import {
  end,
  executionOf,
  isAtWork,
  prepareFailingRun,
  recordOf,
  type Scenario,
  STEPS,
  seedGoal,
  start,
  status,
  sweep,
  tick,
} from './scenario.ts';

/** The grace of a start is over. */
const isLate = (world: World) => clock.now > BEGINNING && recordOf(world, 'g-1') !== undefined;

/** Reads that are a little behind: indexes and DescribeExecution are eventually consistent. */
export const READS: Readonly<Record<string, Scenario>> = {
  'lagging-index': {
    bounds: { lags: 2, atomic: STEPS },
    prepare: prepareFailingRun,
    until: isAtWork('update-goal-status'),
    act: (world) => {
      end(world, 'g-1', 'TIMED_OUT');
      tick(world, 915);
      sweep(world, 'sweepA');
      sweep(world, 'sweepB');
    },
  },
  'stale-start': {
    bounds: { stales: 2, faults: 1, modes: ['crashBefore', 'crashAfter'], atomic: [...STEPS, 'update-goal-status'] },
    prepare: (world) => seedGoal(world),
    act: (world) => {
      start(world, 'startA');
      start(world, 'startB');
      end(world, 'g-1', 'ABORTED');
    },
  },
  'stale-repair': {
    bounds: { stales: 2, atomic: [...STEPS, 'update-goal-status'] },
    prepare: (world) => seedGoal(world),
    act: (world) => {
      start(world, 'start');
      tick(world, 11);
      sweep(world, 'sweep');
      end(world, 'g-1', 'ABORTED');
    },
  },
  'stale-read': {
    bounds: { stales: 2, atomic: [...STEPS, 'update-goal-status'] },
    prepare: (world) => seedGoal(world),
    act: (world) => {
      start(world, 'start');
      tick(world, 11);
      status(world, 'status', 'g-1', isLate);
      end(world, 'g-1', 'ABORTED');
    },
  },
  'stale-report': {
    bounds: { stales: 2 },
    prepare: prepareFailingRun,
    until: isAtWork('update-goal-status'),
    act: (world) => {
      tick(world, 11);
      tick(world, 11, (it) => executionOf(it, 'g-1')?.status !== 'RUNNING');
      sweep(world, 'sweepA');
      sweep(world, 'sweepB');
    },
  },
};
