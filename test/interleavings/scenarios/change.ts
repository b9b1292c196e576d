import type { World } from '../world/world.ts';
import { cancel, change, isAtWork, refuse, retry, type Scenario, seedGoal, start } from './scenario.ts';

const prepare = (world: World) => seedGoal(world, 'g', 1);

/** A person changes an action: tasks are made of the text that it has, or the change is refused. */
export const CHANGES: Readonly<Record<string, Scenario>> = {
  'start-change': {
    bounds: {
      generates: true,
      everything: true,
      atomic: ['create-batches', 'update-progress', 'save-tasks', 'aggregate-results', 'update-goal-status'],
    },
    prepare,
    act: (world) => {
      start(world, 'start');
      change(world, 'change', 'ga0', 'Another text');
    },
  },
  /** Between a run that failed and its retry. */
  'retry-change': {
    bounds: {
      generates: true,
      everything: true,
      atomic: ['create-batches', 'update-progress', 'save-tasks', 'aggregate-results'],
    },
    prepare: (world) => {
      refuse(world, [1]);
      seedGoal(world);
      start(world, 'first');
    },
    until: isAtWork('update-goal-status'),
    act: (world) => {
      retry(world, 'retry');
      change(world, 'change', 'ga1', 'Another text');
    },
  },
  /** A cancel takes the tasks back; then the action may be changed. */
  'cancel-change': {
    bounds: {
      generates: true,
      everything: true,
      atomic: ['create-batches', 'update-progress', 'aggregate-results', 'update-goal-status', 'validate-input'],
    },
    prepare: (world) => {
      prepare(world);
      start(world, 'first');
    },
    until: isAtWork('save-tasks'),
    act: (world) => {
      cancel(world, 'cancel');
      change(world, 'change', 'ga0', 'Another text');
    },
  },
};
