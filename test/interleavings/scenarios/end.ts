import { clock } from '../stand-ins/time.ts';
import type { World } from '../world/world.ts';
import {
  cancel,
  end,
  endNow,
  executionOf,
  isAtWork,
  prepareFailingRun,
  prepareRun,
  refuse,
  retry,
  type Scenario,
  status,
  sweep,
  tick,
} from './scenario.ts';

const hasStopped = (world: World) => executionOf(world, 'g-1')?.status !== 'RUNNING';
const isOverdue = (world: World) => clock.now - (executionOf(world, 'g-1')?.startedAt ?? clock.now) >= 900_000;

/** The execution has timed out, its last step was under way, and all graces are over. */
function timeOut(world: World): void {
  endNow(world, 'g-1', 'TIMED_OUT');
  world.pass(915_000);
  world.crashed = 0;
}

/** Rule 4, requirement 8: whatever ends is settled once, and people are told once. */
export const ENDS: Readonly<Record<string, Scenario>> = {
  'settle-timeout': {
    bounds: { events: 2 },
    prepare: prepareFailingRun,
    until: isAtWork('update-goal-status'),
    act: (world) => end(world, 'g-1', 'TIMED_OUT'),
  },
  'settle-timeout-sweep': {
    bounds: {},
    prepare: prepareFailingRun,
    until: isAtWork('update-goal-status'),
    act: (world) => {
      clock.now += 884_000;
      for (const actor of world.actors) actor.deadline += 884_000;
      tick(world, 17);
      end(world, 'g-1', 'TIMED_OUT', isOverdue);
      tick(world, 12, hasStopped);
      sweep(world, 'sweep', hasStopped);
    },
  },
  /** The machine is to tell people, and the sweep comes meanwhile. */
  'notify-sweep': {
    bounds: {},
    prepare: prepareFailingRun,
    until: isAtWork('update-goal-status'),
    act: (world) => {
      tick(world, 11);
      sweep(world, 'sweep');
    },
  },
  'all-failed': {
    bounds: {},
    prepare: (world) => {
      refuse(world, [0, 1]);
      prepareRun(world);
    },
    until: isAtWork('update-goal-status'),
    act: (world) => {
      end(world, 'g-1', 'ABORTED');
      retry(world, 'retry');
    },
  },
  'timeout-retry': {
    bounds: {
      atomic: [
        'get-actions',
        'create-batches',
        'update-progress',
        'validate-input',
        'aggregate-results',
        'update-goal-status',
      ],
    },
    prepare: prepareRun,
    until: isAtWork('save-tasks'),
    act: (world) => {
      end(world, 'g-1', 'TIMED_OUT');
      retry(world, 'retry');
    },
  },
  'timeout-cancel': {
    bounds: { atomic: ['get-actions', 'create-batches', 'update-progress'] },
    prepare: prepareRun,
    until: isAtWork('save-tasks'),
    act: (world) => {
      end(world, 'g-1', 'TIMED_OUT');
      cancel(world, 'cancel');
    },
  },
  'event-sweep-status': {
    bounds: {},
    prepare: prepareFailingRun,
    until: isAtWork('update-goal-status'),
    act: (world) => {
      timeOut(world);
      sweep(world, 'sweep');
      status(world, 'status');
    },
  },
  leases: {
    bounds: {},
    prepare: prepareFailingRun,
    until: isAtWork('update-goal-status'),
    act: (world) => {
      timeOut(world);
      sweep(world, 'sweep');
      tick(world, 61);
    },
  },
  /** Each call of the sweep takes nearly as long as its client allows: together longer than a lease. */
  'leases-late': {
    bounds: { sweepCallSeconds: 13 },
    prepare: prepareFailingRun,
    until: isAtWork('update-goal-status'),
    act: (world) => {
      timeOut(world);
      sweep(world, 'sweep');
    },
  },
  'orphan-settle': {
    bounds: {
      faults: 2,
      modes: ['orphan', 'crashAfter'],
      retries: 0,
      atomic: ['get-actions', 'create-batches', 'validate-input', 'save-tasks', 'update-progress', 'aggregate-results'],
    },
    prepare: prepareFailingRun,
    until: isAtWork('update-goal-status'),
    act: (world) => retry(world, 'retry'),
  },
};
