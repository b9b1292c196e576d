import { text } from '../world/answer.ts';
import type { World } from '../world/world.ts';
import { goalsIn, recordOf, recordsIn } from './rows.ts';

/** MAX_RUNNING_EXECUTIONS of hooks.ts. */
const MAX_RUNNING = 2;

/** The rules that hold after each step, on what is committed. */
export function checkStep(world: World): void {
  const { db, stepFunctions } = world;
  const changes = db.writes + stepFunctions.executions.size;
  if (changes === world.checkedChanges) return;
  world.checkedChanges = changes;
  // Half of a transaction is there for those alone who read it now.
  if (world.left.torn < world.bounds.torn && db.held.size > 0) return;
  const running = new Map<string, string>();
  for (const { status, goalId, executionArn, userId } of recordsIn(world)) {
    if (status !== 'RUNNING') continue;
    const other = running.get(String(goalId));
    if (other !== undefined) world.breaks('two-running-records', `${goalId}: ${other}, ${executionArn}`);
    running.set(String(goalId), String(executionArn));
    const slots = db.items.get(`goals|slots#${userId}|RUNNING`)?.executions;
    if (!(slots instanceof Set) || !slots.has(executionArn)) world.breaks('running-without-slot', String(executionArn));
    else if (slots.size > MAX_RUNNING) world.breaks('too-many-slots', String(slots.size));
  }
  for (const { goalId, status, executionArn } of goalsIn(world)) {
    const holder = running.get(String(goalId));
    if (status === 'processing' && holder !== executionArn) {
      world.breaks('processing-without-execution', `${goalId} held by ${executionArn}, running ${holder}`);
    }
    if (status !== 'processing' && holder !== undefined) {
      world.breaks('running-without-goal', `${goalId} is ${status}, running ${holder}`);
    }
  }
  checkExecutions(world);
}

/** Of a goal, Step Functions runs one execution that may do something: others are about to find that they may not. */
function checkExecutions(world: World): void {
  const open = new Set<string>();
  for (const { arn, status, input } of world.stepFunctions.executions.values()) {
    if (status !== 'RUNNING' || recordOf(world, arn)?.status !== 'RUNNING') continue;
    const goalId = text(JSON.parse(input), 'goalId');
    if (open.has(goalId)) world.breaks('two-executions', arn);
    open.add(goalId);
  }
}
