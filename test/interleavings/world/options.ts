import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { BatchGetCommand, GetCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Pause } from '../stand-ins/invocation.ts';
import { type Actor, type Call, labelOf } from './actor.ts';
import type { Mode } from './bounds.ts';
import { deliver } from './deliver.ts';
import { answer, commit, fail, prepare } from './release.ts';
import type { World } from './world.ts';

/** One thing that may happen next. */
export interface Option {
  /** What happens, for people. */
  label(): string;
  /** Whose call it releases. */
  readonly actor?: Actor;
  /** `plain`, or one of what is bounded: random schedules take the others seldom. */
  readonly isPlain: boolean;
  run(): void;
}

/** All that may happen next; the first one goes on with whoever was released last. */
export function optionsOf(world: World): Option[] {
  const plain: Option[] = [];
  const bounded: Option[] = [];
  const { last } = world;
  const canGoOn = last?.state === 'live' && last.calls.length > 0;
  const actors = canGoOn ? [last, ...world.actors.filter((actor) => actor !== last)] : world.actors;
  for (const actor of actors) {
    // Calls of a function that has answered were sent before: they arrive at any time, or its frozen process goes on.
    if (actor.state === 'dead') continue;
    for (const call of actor.calls) addOptions(world, call, plain, bounded);
  }
  addEvents(world, plain);
  world.happenings.forEach((happening) => {
    if (!happening.isPossible()) return;
    const run = () => {
      world.happenings.splice(world.happenings.indexOf(happening), 1);
      begin(world, () => happening.happen());
    };
    plain.push({ label: () => happening.label, isPlain: true, run });
  });
  return [...plain, ...bounded];
}

/** Whoever begins has the turn: to begin in the middle of what somebody else does is one preemption, not two. */
function begin(world: World, happen: () => void): void {
  const before = world.actors.length;
  happen();
  world.last = world.actors[before] ?? world.last;
}

function addEvents(world: World, plain: Option[]): void {
  const isIdle = plain.length === 0 && !world.happenings.some((happening) => happening.isPossible());
  const waiting = world.events.filter(({ left }) => left > 0);
  for (const event of waiting) {
    const name = `event ${event.execution.name} ${event.status}`;
    const arrive = () => {
      event.left -= 1;
      begin(world, () => deliver(world, event));
    };
    plain.push({ label: () => `${name} arrives`, isPlain: true, run: arrive });
  }
  // An event that is lost in the end is one that is lost at any earlier moment.
  if (!isIdle) return;
  for (const event of waiting) {
    const lose = () => {
      event.left = 0;
    };
    plain.push({ label: () => `event ${event.execution.name} ${event.status} is lost`, isPlain: true, run: lose });
  }
}

/** Of which rows of a transaction a query may see the change before it sees that of the others. */
const HALVES = [
  [1, true],
  [2, true],
  [1, false],
  [2, false],
] as const;

function addOptions(world: World, call: Call, plain: Option[], bounded: Option[]): void {
  const { actor, command, open } = call;
  const { left } = world;
  const what = () => `${actor.id}: ${labelOf(call)}`;
  if (open !== undefined) {
    plain.push({ label: () => `${what()} COMMITS`, actor, isPlain: true, run: () => commit(world, call) });
    const { commitHalf } = open;
    if (left.torn === 0 || commitHalf === undefined) return;
    for (const [count, isPrefix] of HALVES) {
      const run = () => {
        left.torn -= 1;
        world.writer = actor;
        open.commitHalf = undefined;
        commitHalf(count, isPrefix);
      };
      const label = () => `${what()} HALF COMMITTED (${isPrefix ? 'only' : 'all but'} the first ${count})`;
      plain.push({ label, actor, isPlain: true, run });
    }
    return;
  }
  // Its pauses become longer than what it meets.
  if (call.collisions >= 2 && world.db.held.size > 0) return;
  plain.push({ label: what, actor, isPlain: true, run: () => answer(world, call) });
  if (world.isQuiet) return;
  const add = (label: string, run: () => void) =>
    bounded.push({ label: () => `${what()} ${label}`, actor, isPlain: false, run });
  if (left.opens > 0 && command instanceof TransactWriteCommand)
    add('PREPARED, still open', () => prepare(world, call));
  if (left.lags > 0 && command instanceof QueryCommand && command.input.IndexName !== undefined) {
    world.db.pastIndexes.forEach((_, index) => {
      const lag = index + 1;
      add(`LAGS by ${lag}`, () => {
        left.lags -= 1;
        answer(world, call, { lag });
      });
    });
  }
  if (left.stales > 0 && command instanceof DescribeExecutionCommand) {
    for (const past of world.stepFunctions.pastOf(command.input.executionArn)) {
      add(`SAYS ${past}`, () => {
        left.stales -= 1;
        answer(world, call, { past });
      });
    }
  }
  if (left.faults === 0) return;
  for (const mode of world.bounds.modes) {
    const canBefall = command instanceof Pause ? mode === 'crashBefore' : BEFALLS[mode](call);
    if (canBefall) add(mode.toUpperCase(), () => fail(world, call, mode));
  }
}

const isRead = (command: object) =>
  command instanceof GetCommand ||
  command instanceof BatchGetCommand ||
  command instanceof QueryCommand ||
  command instanceof DescribeExecutionCommand;

const isRepeated = (command: object) =>
  command instanceof UpdateCommand || command instanceof StartExecutionCommand || command instanceof PutObjectCommand;

const BEFALLS: Readonly<Record<Mode, (call: Call) => boolean>> = {
  fail: () => true,
  lost: ({ command }) => !isRead(command),
  echo: ({ command }) => isRepeated(command),
  deny: ({ command }) => command instanceof StartExecutionCommand,
  crashBefore: ({ actor }) => actor.lambda !== 'state',
  crashAfter: ({ actor, command }) => actor.lambda !== 'state' && !isRead(command),
  // Only a state's invocation has somebody who gives it up and invokes again.
  orphan: ({ actor: { id, lambda, executionArn, isOrphan } }) =>
    lambda !== 'state' && executionArn !== undefined && !isOrphan && !id.startsWith('event'),
};
