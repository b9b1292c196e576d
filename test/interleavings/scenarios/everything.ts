import type { Bounds } from '../world/bounds.ts';
import { MODES } from '../world/bounds.ts';
import {
  archive,
  cancel,
  end,
  isUnarchived,
  refuse,
  retry,
  type Scenario,
  seedGoal,
  start,
  status,
  sweep,
  tick,
} from './scenario.ts';

const everything: Partial<Bounds> = {
  faults: 2,
  modes: MODES.filter((mode) => mode !== 'deny'),
  opens: 1,
  lags: 1,
  stales: 1,
  events: 2,
  generates: true,
  everything: true,
  waits: true,
  atomic: [],
};

/** Too much to try it all: schedules are drawn from a seed, with faults. */
export const DRAWN: Readonly<Record<string, Scenario>> = {
  all: {
    bounds: everything,
    prepare: (world) => {
      seedGoal(world);
      refuse(world, [1]);
    },
    act: (world) => {
      start(world, 'startA');
      start(world, 'startB');
      cancel(world, 'cancel');
      retry(world, 'retry');
      status(world, 'status');
      sweep(world, 'sweep');
      archive(world, 'archive', isUnarchived());
      tick(world, 11);
      tick(world, 61);
      end(world, 'g-1', 'ABORTED');
    },
  },
  'all-timeout': {
    bounds: everything,
    prepare: (world) => {
      seedGoal(world);
      refuse(world, [1]);
    },
    act: (world) => {
      start(world, 'startA');
      cancel(world, 'cancel', 'g-2');
      retry(world, 'retryA');
      retry(world, 'retryB');
      status(world, 'status');
      sweep(world, 'sweepA');
      sweep(world, 'sweepB');
      archive(world, 'archive', isUnarchived());
      for (const seconds of [11, 890, 11]) tick(world, seconds);
      end(world, 'g-1', 'TIMED_OUT');
      end(world, 'g-2', 'TIMED_OUT');
    },
  },
  'all-cancel': {
    bounds: everything,
    prepare: (world) => seedGoal(world),
    act: (world) => {
      start(world, 'startA');
      start(world, 'startB');
      start(world, 'startC');
      cancel(world, 'cancelA');
      cancel(world, 'cancelB');
      cancel(world, 'cancelC', 'g-2');
      retry(world, 'retry');
      status(world, 'status');
      sweep(world, 'sweep');
      archive(world, 'archive', isUnarchived());
      tick(world, 11);
    },
  },
};
