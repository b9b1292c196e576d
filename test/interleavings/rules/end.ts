import type { Item } from '../model/items.ts';
import type { Answer } from '../world/actor.ts';
import { field, text } from '../world/answer.ts';
import type { World } from '../world/world.ts';
import { checkArchived } from './archive.ts';
import { checkGoalsEnd } from './goals.ts';
import { actionsIn, goalsIn, goneOf, isMade, isUntouched, outcomesIn, recordOf, recordsIn, tasksIn } from './rows.ts';

/** Less than it takes until an execution is overdue, by more than the time between two sweeps. */
const OVERDUE_MS = 500_000;

const isCancelled = (record: Item | undefined) => record?.error === 'ABORT';

/** The rules that hold once all is over, whatever happened. */
export function checkEnd(world: World): void {
  for (const goal of goalsIn(world)) checkGoal(world, goal);
  for (const record of recordsIn(world)) {
    checkRecord(world, record);
    checkMessages(world, record);
  }
  checkTasks(world);
  checkGoalsEnd(world);
  for (const { arn, status } of world.stepFunctions.executions.values()) {
    if (status === 'RUNNING') world.breaks('never-ends', arn);
  }
  checkMetrics(world);
  for (const answer of world.answers) checkPromise(world, answer);
}

function checkGoal(world: World, { goalId, status, actionCount, ...counts }: Item): void {
  if (status === 'processing') world.breaks('stuck', String(goalId));
  const tasks = tasksIn(world).filter((task) => task.goalId === goalId);
  const done = tasks.filter((task) => task.status === 'done').length;
  const isCounted = counts.taskCount !== undefined;
  if (isCounted && (counts.taskCount !== tasks.length || counts.doneTaskCount !== done)) {
    world.breaks('task-counts', `${counts.doneTaskCount}/${counts.taskCount} for ${done}/${tasks.length} of ${goalId}`);
  }
  const saved = new Set(tasks.filter(isMade).map(({ actionId }) => actionId)).size;
  const records = recordsIn(world).filter((record) => record.goalId === goalId);
  const last = records.sort((a, b) => (String(a.executionArn) < String(b.executionArn) ? -1 : 1)).at(-1);
  const expected = expectedStatuses(world, saved, Number(actionCount), last);
  if (!expected.includes(String(status))) {
    world.breaks('goal-status', `${goalId} is ${status} with tasks of ${saved} of ${actionCount} actions`);
  }
}

function expectedStatuses(world: World, saved: number, actionCount: number, last: Item | undefined): string[] {
  if (saved === actionCount) return ['active'];
  if (saved > 0) return ['partial'];
  if (last === undefined || isCancelled(last)) return ['draft'];
  // A person may have removed the only action with tasks.
  if (actionsIn(world).some(({ title }) => String(title).startsWith('New of '))) return ['draft', 'failed'];
  return world.bounds.modes.includes('deny') ? ['failed', 'draft'] : ['failed'];
}

function checkRecord(world: World, record: Item): void {
  const arn = String(record.executionArn);
  const outcomes = outcomesIn(world).filter(({ executionArn }) => executionArn === arn);
  const tasks = tasksIn(world).filter(({ executionArn }) => executionArn === arn);
  if (record.status === 'RUNNING') {
    world.breaks('record-running', arn);
    return;
  }
  if (outcomes.some(({ outcome }) => outcome === 'PENDING')) world.breaks('pending-after-end', arn);
  const saved = outcomes.filter(({ outcome }) => outcome === 'SAVED');
  for (const row of saved) {
    const { actionId, taskCount } = row;
    const count = tasks.filter((task) => task.actionId === actionId).length + goneOf(world, row);
    if (count !== taskCount) world.breaks('saved-without-tasks', `${arn} ${actionId}: ${count} of ${taskCount}`);
  }
  if (record.savedActions !== saved.length) {
    world.breaks('counts', `${arn}: ${record.savedActions}, but ${saved.length} are saved`);
  }
  if (record.cancelRequestedAt !== undefined && !isCancelled(record)) world.breaks('cancel-overruled', arn);
  if (isCancelled(record) && tasks.some(isUntouched)) world.breaks('cancelled-with-tasks', arn);
  checkArchived(world, record, outcomes);
  // The sweeps that come from then on find a claim whose start died long before it is overdue.
  if (record.error === 'NeverStarted' && world.endedAt - Date.parse(String(record.startedAt)) < OVERDUE_MS) {
    world.breaks('never-started', arn);
  }
}

/** People are told once of each execution that failed, in part or as a whole, and of no other; each is counted once. */
function checkMessages(world: World, record: Item): void {
  const arn = String(record.executionArn);
  const { status, notify, metrics } = record;
  if (status === 'RUNNING') return;
  const messages = world.messages.filter(({ executionArn }) => executionArn === arn);
  const senders = messages.map(({ by }) => by);
  const isWanted = status !== 'SUCCEEDED' && !isCancelled(record);
  if (isWanted && messages.length === 0) world.breaks('no-alert', `${arn} ${status}, notify ${notify}`);
  if (!isWanted && messages.length > 0) world.breaks('needless-alert', `${arn} ${status} by ${senders}`);
  if (messages.length > 1) checkSecondMessage(world, arn, senders);
  if (notify === 'pending' || metrics === 'pending') world.breaks('never-reported', `${arn} ${notify} ${metrics}`);
}

/** Each execution is counted once, unless whoever counts it dies or gets no answer: then it may not be counted. */
function checkMetrics(world: World): void {
  const { counted } = world;
  const ended = recordsIn(world).length;
  if (counted > ended) world.breaks('counted-twice', `${ended} executions as ${counted}`);
  if (counted < ended && world.bounds.faults === 0 && !world.actors.some(({ state }) => state === 'dead')) {
    world.breaks('not-counted', `${ended} executions as ${counted}`);
  }
}

/** A second message is allowed where guarantees.md says so: a sender died, or the machine was ended while it published. */
function checkSecondMessage(world: World, arn: string, senders: readonly string[]): void {
  if (world.isTellingDisturbed) return;
  const status = world.stepFunctions.executions.get(arn)?.status;
  const isEndedFromOutside = status === 'TIMED_OUT' || status === 'ABORTED';
  const byMachine = senders.filter((sender) => /Notify|Escalate/.test(sender)).length;
  if (isEndedFromOutside && byMachine === 1 && senders.length === 2) return;
  world.breaks('two-alerts', `${arn} by ${senders}`);
}

function checkTasks(world: World): void {
  const titles = new Map(actionsIn(world).map(({ actionId, title }) => [actionId, title]));
  for (const task of tasksIn(world).filter(isMade)) {
    const { executionArn, actionId, sk, title } = task;
    const row = outcomesIn(world).find((each) => each.executionArn === executionArn && each.actionId === actionId);
    if (row?.outcome !== (isUntouched(task) || row?.outcome !== 'CANCELLED' ? 'SAVED' : 'CANCELLED'))
      world.breaks('task-without-outcome', `${sk} of ${executionArn}: ${row?.outcome}`);
    if (world.bounds.generates && title !== `Task of ${titles.get(actionId)}`) {
      world.breaks('task-of-other-text', `${sk} is "${title}", its action "${titles.get(actionId)}"`);
    }
  }
}

/** What was told stays true. */
function checkPromise(world: World, { actor, status, body }: Answer): void {
  if (actor.lambda === 'save-tasks' && text(body, 'outcome') === 'SAVED') {
    const saved = tasksIn(world).filter(
      (task) => task.executionArn === actor.executionArn && task.actionId === text(body, 'actionId'),
    ).length;
    const gone = goneOf(world, { executionArn: actor.executionArn, actionId: text(body, 'actionId') });
    const isTakenBack = isCancelled(recordOf(world, actor.executionArn ?? ''));
    if (!isTakenBack && saved + gone === 0) world.breaks('reported-saved-is-lost', actor.id);
  }
  if (status === undefined) return;
  if (actor.lambda === 'goals' && field(body, 'taskId') !== undefined) checkKept(world, body);
  const record = recordOf(world, text(body, 'executionArn'));
  if (actor.lambda === 'cancel-workflow' && status === 200 && !isCancelled(record)) {
    world.breaks('cancel-200-not-cancelled', text(body, 'executionArn'));
  }
  if (/^(start|retry)-workflow$/.test(actor.lambda) && (status === 200 || status === 202) && record === undefined) {
    world.breaks(`${status}-without-record-at-the-end`, `${actor.id} ${text(body, 'executionArn')}`);
  }
}

/** Rule 8: what a person was told is changed or added is there, unless a person has changed or removed it since. */
function checkKept(world: World, answered: unknown): void {
  const key = `tasks|g|${text(answered, 'taskId')}`;
  const task = world.db.items.get(key);
  const isSame = task?.version === field(answered, 'version') && task?.status === field(answered, 'status');
  const isLater = Number(task?.version) > Number(field(answered, 'version'));
  if (!isSame && !isLater && !world.removedByPerson.has(key)) world.breaks('change-lost', key);
}
