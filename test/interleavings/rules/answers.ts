import type { Answer } from '../world/actor.ts';
import { text } from '../world/answer.ts';
import type { World } from '../world/world.ts';
import { checkGoalAnswer } from './goals.ts';
import { isUntouched, recordOf, tasksIn } from './rows.ts';

const isStart = ({ actor }: Answer) => actor.lambda === 'start-workflow' || actor.lambda === 'retry-workflow';

/** What somebody is told must be true when it is told. */
export function checkAnswer(world: World, answer: Answer): void {
  const { actor, status, error } = answer;
  if (status === 500 && !world.bounds.modes.includes('deny'))
    world.breaks('http-500', `${actor.id}: ${answer.summary}`);
  if (actor.lambda === 'cancel-workflow' && status === 200) checkCancelled(world, answer);
  if (actor.lambda === 'cancel-workflow' && status === 503 && world.bounds.faults + world.bounds.torn === 0) {
    world.breaks('cancel-503', answer.summary);
  }
  if (isStart(answer) && (status === 200 || status === 202)) checkStarted(world, answer);
  checkGoalAnswer(world, answer);
  if (error !== undefined && isOdd(error)) world.breaks('odd-error', `${actor.id}: ${answer.summary}`);
}

function isOdd({ name, message }: Error): boolean {
  const isKnown = ['TransientError', 'PermanentError', 'ValidationError', 'BatchTimeout'].includes(name);
  return !isKnown || /Cannot read|is not a|is invalid|undefined|the model/.test(message);
}

function checkCancelled(world: World, { body }: Answer): void {
  const executionArn = text(body, 'executionArn');
  const task = tasksIn(world).find((each) => each.executionArn === executionArn && isUntouched(each));
  if (task !== undefined) world.breaks('cancel-200-with-task', `${task.sk} of ${executionArn}`);
  if (text(body, 'status') !== 'ABORTED') world.breaks('cancel-200-not-aborted', text(body, 'status'));
}

function checkStarted(world: World, { actor, status, body }: Answer): void {
  const executionArn = text(body, 'executionArn');
  const record = recordOf(world, executionArn);
  if (status === 200) {
    if (record === undefined) world.breaks('200-without-record', `${actor.id}: ${executionArn}`);
    return;
  }
  if (!world.stepFunctions.executions.has(executionArn)) world.breaks('202-without-execution', executionArn);
  const same = world.answers.filter(
    (other) => other.status === 202 && text(other.body, 'executionArn') === executionArn,
  );
  if (same.length > 1) world.breaks('two-202', executionArn);
}
