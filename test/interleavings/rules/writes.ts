import { isDeepStrictEqual } from 'node:util';
import type { Write } from '../model/dynamo.ts';
import type { World } from '../world/world.ts';
import { checkLeaving } from './archive.ts';
import { checkGoalWrite } from './goals.ts';

/** Fields of a record that nobody may change once it is settled. */
const FROZEN = [
  'status',
  'savedActions',
  'failedActions',
  'taskCount',
  'stoppedAt',
  'summary',
  'error',
  'cancelRequestedAt',
  'processedActions',
  'currentState',
  'version',
];

/** The states that an open record comes to, in their order; it ends in any of them. */
const STATES = ['ValidateInput', 'GetActions', 'ProcessBatches', 'UpdateGoalStatus', 'Ended'];

/** The rules that each write must keep (docs/guarantees.md), whoever writes when. */
export function checkWrite(world: World, write: Write): void {
  const { key } = write;
  checkGoalWrite(world, write);
  if (key.startsWith('tasks|')) checkTask(world, write);
  if (key.startsWith('executions|') && key.endsWith('|EXECUTION')) checkRecord(world, write);
  if (key.startsWith('executions|') && key.includes('|ACTION#')) checkOutcome(world, write);
}

function checkRecord(world: World, { key, before, after }: Write): void {
  const by = world.writer?.id;
  if (before === undefined) return;
  if (after !== undefined) checkLeaving(world, before, after);
  if (before.status !== 'RUNNING') {
    const changed = FROZEN.find((name) => before[name] !== after?.[name]);
    if (changed === undefined) return;
    const change = `${before[changed]} → ${after?.[changed]}`;
    world.breaks('settled-record-changed', `${changed} of ${key}: ${change} by ${by}`);
    return;
  }
  if (Number(after?.processedActions) < Number(before.processedActions)) {
    world.breaks('progress-falls', `${before.processedActions} → ${after?.processedActions} by ${by}`);
  }
  if (after !== undefined && STATES.indexOf(String(after.currentState)) < STATES.indexOf(String(before.currentState))) {
    world.breaks('state-goes-back', `${before.currentState} → ${after.currentState} by ${by}`);
  }
  if (
    after !== undefined &&
    after.status !== 'RUNNING' &&
    before.cancelRequestedAt !== undefined &&
    after.error !== 'ABORT'
  ) {
    world.breaks('cancel-overruled', `${key} ${after.status} by ${by}`);
  }
}

function checkOutcome(world: World, { key, before, after }: Write): void {
  if (before === undefined || after === undefined || before.outcome === after.outcome) return;
  const record = world.db.items.get(key.replace(/\|ACTION#\d+$/, '|EXECUTION'));
  const change = `${key} ${before.outcome} → ${after.outcome} by ${world.writer?.id}`;
  if (record !== undefined && record.status !== 'RUNNING') world.breaks('outcome-changed-after-end', change);
  const isTakenBack =
    before.outcome === 'SAVED' && after.outcome === 'CANCELLED' && record?.cancelRequestedAt !== undefined;
  if (before.outcome !== 'PENDING' && !isTakenBack) world.breaks('illegal-outcome', change);
}

/** A person may do anything to a task, at any time; others to those alone that no person has changed. */
function checkTask(world: World, { key, before, after }: Write): void {
  const isPerson = world.writer?.lambda === 'goals';
  if (before !== undefined && after === undefined)
    (isPerson ? world.removedByPerson : world.deletedTasks).set(key, before);
  if (isPerson) return;
  if (before?.changedAt !== undefined) world.breaks('person-undone', `${key} by ${world.writer?.id}`);
  const { executionArn } = after ?? before ?? {};
  const record = world.db.items.get(`executions|${executionArn}|EXECUTION`);
  const isPutBack = isDeepStrictEqual(after, world.deletedTasks.get(key));
  if (after !== undefined && record?.status !== 'RUNNING' && !isPutBack) {
    world.breaks('task-of-ended-execution', `${key} by ${world.writer?.id}`);
  }
  if (before !== undefined && after !== undefined && before.executionArn !== after.executionArn) {
    world.breaks('task-rewritten', `${key} by ${world.writer?.id}`);
  }
}
