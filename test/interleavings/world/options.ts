import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Pause } from '../stand-ins/invocation.ts';
import { type Actor, type Call, labelOf } from './actor.ts';
import type { Mode } from './bounds.ts';
import { answer, commit, deliver, fail, prepare } from './release.ts';
import type { StatusEvent, World } from './world.ts';

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
  const { last } = world;
  const canGoOn = last?.state === 'live' && last.calls.length > 0;
  const actors = canGoOn ? [last, ...world.actors.filter((actor) => actor !== last)] : world.actors;
  // Calls of a function that has answered were sent before: they arrive at any time, or its frozen process goes on.
  const calls = actors.flatMap(({ state, calls }) => (state === 'dead' ? [] : calls));
  const released = calls.flatMap((call) => optionsOfCall(world, call));
  const plain = released.filter(({ isPlain }) => isPlain);
  const happenings = world.happenings
    .filter((happening) => happening.isPossible())
    .map((happening): Option => {
      const run = () => {
        world.happenings.splice(world.happenings.indexOf(happening), 1);
        begin(world, happening.happen);
      };
      return { label: () => happening.label, isPlain: true, run };
    });
  return [
    ...plain,
    ...eventOptions(world, plain.length + happenings.length === 0),
    ...happenings,
    ...released.filter(({ isPlain }) => !isPlain),
  ];
}

/** Whoever begins has the turn: to begin in the middle of what somebody else does is one preemption, not two. */
function begin(world: World, happen: () => void): void {
  const before = world.actors.length;
  happen();
  world.last = world.actors[before] ?? world.last;
}

function eventOptions(world: World, isIdle: boolean): Option[] {
  const waiting = world.events.filter(({ left }) => left > 0);
  const option = ({ execution: { name, status } }: StatusEvent, what: string, run: () => void): Option => {
    return { label: () => `event ${name} ${status} ${what}`, isPlain: true, run };
  };
  const arrivals = waiting.map((event) =>
    option(event, 'arrives', () => {
      event.left -= 1;
      begin(world, () => deliver(world, event));
    }),
  );
  // An event that is lost in the end is one that is lost at any earlier moment.
  const losses = waiting.map((event) =>
    option(event, 'is lost', () => {
      event.left = 0;
    }),
  );
  return isIdle ? [...arrivals, ...losses] : arrivals;
}

/** Of which rows of a transaction a query may see the change before it sees that of the others. */
const HALVES = [
  [1, true],
  [2, true],
  [1, false],
  [2, false],
] as const;

function optionsOfCall(world: World, call: Call): Option[] {
  const { actor, command, open, collisions } = call;
  const { left, bounds, db, stepFunctions } = world;
  const option = (what: string, run: () => void, isPlain = false): Option => {
    return { label: () => `${actor.id}: ${labelOf(call)} ${what}`, actor, isPlain, run };
  };
  if (open !== undefined) {
    const { commitHalf } = open;
    const options = [option('COMMITS', () => commit(world, call), true)];
    if (left.torn === 0 || commitHalf === undefined) return options;
    const halves = HALVES.map(([count, isPrefix]) => {
      const run = () => {
        left.torn -= 1;
        world.writer = actor;
        open.commitHalf = undefined;
        commitHalf(count, isPrefix);
      };
      return option(`HALF COMMITTED (${isPrefix ? 'only' : 'all but'} the first ${count})`, run, true);
    });
    return [...options, ...halves];
  }
  // Its pauses become longer than what it meets.
  if (collisions >= 2 && db.held.size > 0) return [];
  const options = [option('', () => answer(world, call), true)];
  if (left.opens > 0 && command instanceof TransactWriteCommand) {
    options.push(option('PREPARED, still open', () => prepare(world, call)));
  }
  if (left.lags > 0 && command instanceof QueryCommand && command.input.IndexName !== undefined) {
    const lags = db.pastIndexes.map((_, index) => index + 1);
    options.push(...lags.map((lag) => option(`LAGS by ${lag}`, () => answer(world, call, { lag }))));
  }
  if (left.stales > 0 && command instanceof DescribeExecutionCommand) {
    const pasts = stepFunctions.pastOf(command.input.executionArn);
    options.push(...pasts.map((past) => option(`SAYS ${past}`, () => answer(world, call, { past }))));
  }
  if (left.faults > 0) {
    const isPause = command instanceof Pause;
    const modes = bounds.modes.filter((mode) => (isPause ? mode === 'crashBefore' : BEFALLS[mode](call)));
    options.push(...modes.map((mode) => option(mode.toUpperCase(), () => fail(world, call, mode))));
  }
  return options;
}

const isRead = (command: object) =>
  command instanceof GetCommand || command instanceof QueryCommand || command instanceof DescribeExecutionCommand;

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
