import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { BatchGetCommand, GetCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { collided } from '../../../lambdas/core/src/database.ts';
import { AwsError, ConnectionLost, InvocationLost } from '../model/aws-errors.ts';
import { Pause } from '../stand-ins/invocation.ts';
import type { Actor, Call } from './actor.ts';
import type { Mode } from './bounds.ts';
import { deliver } from './deliver.ts';
import { type Delay, execute } from './services.ts';
import type { World } from './world.ts';

/** One thing that may happen next. */
export interface Option {
  readonly label: string;
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
      happening.happen();
    };
    plain.push({ label: happening.label, isPlain: true, run });
  });
  return [...plain, ...bounded];
}

function addEvents(world: World, plain: Option[]): void {
  const isIdle = plain.length === 0 && !world.happenings.some((happening) => happening.isPossible());
  const waiting = world.events.filter(({ left }) => left > 0);
  for (const event of waiting) {
    const name = `event ${event.execution.name} ${event.status}`;
    const arrive = () => {
      event.left -= 1;
      deliver(world, event);
    };
    plain.push({ label: `${name} arrives`, isPlain: true, run: arrive });
  }
  // An event that is lost in the end is one that is lost at any earlier moment.
  if (!isIdle) return;
  for (const event of waiting) {
    const lose = () => {
      event.left = 0;
    };
    plain.push({ label: `event ${event.execution.name} ${event.status} is lost`, isPlain: true, run: lose });
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
  const what = `${actor.id}: ${call.label}`;
  if (open !== undefined) {
    plain.push({ label: `${what} COMMITS`, actor, isPlain: true, run: () => commit(world, call) });
    const { commitHalf } = open;
    if (left.torn === 0 || commitHalf === undefined) return;
    for (const [count, isPrefix] of HALVES) {
      const run = () => {
        left.torn -= 1;
        world.writer = actor;
        open.commitHalf = undefined;
        commitHalf(count, isPrefix);
      };
      const label = `${what} HALF COMMITTED (${isPrefix ? 'only' : 'all but'} the first ${count})`;
      plain.push({ label, actor, isPlain: true, run });
    }
    return;
  }
  // Its pauses become longer than what it meets.
  if (call.collisions >= 2 && world.db.held.size > 0) return;
  plain.push({ label: what, actor, isPlain: true, run: () => answer(world, call) });
  if (world.isQuiet) return;
  const add = (label: string, run: () => void) =>
    bounded.push({ label: `${what} ${label}`, actor, isPlain: false, run });
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
    add('STALE', () => {
      left.stales -= 1;
      answer(world, call, { isStale: true });
    });
  }
  if (left.faults === 0) return;
  for (const mode of world.bounds.modes) {
    if (canBefall(mode, call)) add(mode.toUpperCase(), () => fail(world, call, mode));
  }
}

const isRead = (command: object) =>
  command instanceof GetCommand ||
  command instanceof BatchGetCommand ||
  command instanceof QueryCommand ||
  command instanceof DescribeExecutionCommand;

function canBefall(mode: Mode, { actor, command }: Call): boolean {
  if (command instanceof Pause) return mode === 'crashBefore';
  switch (mode) {
    case 'deny':
      return command instanceof StartExecutionCommand;
    case 'lost':
      return !isRead(command);
    case 'echo':
      return command instanceof UpdateCommand || command instanceof StartExecutionCommand;
    case 'crashBefore':
      return actor.lambda !== 'state';
    case 'crashAfter':
      return actor.lambda !== 'state' && !isRead(command);
    case 'orphan':
      // Only a state's invocation has somebody who gives it up and invokes again.
      return (
        actor.lambda !== 'state' && actor.executionArn !== undefined && !actor.isOrphan && !actor.id.startsWith('event')
      );
    case 'fail':
      return true;
  }
}

/** Attempts that the clients of the Lambdas make at a write that meets another one: see core/src/database.ts. */
const COLLISION_ATTEMPTS = 6;

const remove = (call: Call) => call.actor.calls.splice(call.actor.calls.indexOf(call), 1);

/** Gives a call what came of it; one that met another write waits and is sent again. */
function settle(world: World, call: Call, run: () => unknown): void {
  const { actor } = call;
  try {
    const value = run();
    actor.remember(call, value);
    call.resolve(value);
  } catch (thrown) {
    if (!(thrown instanceof AwsError || thrown instanceof ConnectionLost)) throw thrown;
    const codes = thrown instanceof AwsError ? (thrown.CancellationReasons ?? []).map(({ Code }) => Code) : [];
    world.say(`      → ${thrown.name} ${codes.join(' ')}`);
    call.collisions += 1;
    if (collided(thrown) && call.collisions < COLLISION_ATTEMPTS) {
      delete call.open;
      actor.calls.push(call);
      return;
    }
    actor.remember(call, [thrown.name, codes]);
    call.reject(thrown);
  }
}

function answer(world: World, call: Call, delay: Delay = {}): void {
  remove(call);
  settle(world, call, () => execute(world, call.actor, call.command, delay));
}

function commit(world: World, call: Call): void {
  remove(call);
  world.writer = call.actor;
  settle(world, call, () => {
    call.open?.commit();
    return {};
  });
}

function prepare(world: World, call: Call): void {
  const { command } = call;
  if (!(command instanceof TransactWriteCommand)) throw new Error('no transaction');
  world.left.opens -= 1;
  try {
    call.open = world.db.begin(command.input);
  } catch (thrown) {
    remove(call);
    settle(world, call, () => {
      throw thrown;
    });
  }
}

/** Carries a call out for nobody to hear what came of it. */
function executeUnheard(world: World, { actor, command }: Call): void {
  try {
    execute(world, actor, command);
  } catch (thrown) {
    if (!(thrown instanceof AwsError)) throw thrown;
  }
}

function fail(world: World, call: Call, mode: Mode): void {
  const { actor, command } = call;
  world.left.faults -= 1;
  if (command instanceof PublishCommand || /handle-error|reconcile|get-status|state/.test(actor.lambda)) {
    world.isTellingDisturbed = true;
  }
  if (mode === 'orphan') {
    actor.isOrphan = true;
    actor.giveUp(new InvocationLost('connection lost'));
    return;
  }
  remove(call);
  if (mode === 'lost' || mode === 'echo' || mode === 'crashAfter') executeUnheard(world, call);
  if (mode === 'crashBefore' || mode === 'crashAfter') {
    world.kill(actor);
    return;
  }
  settle(world, call, () => {
    if (mode === 'echo') return execute(world, actor, command);
    throw mode === 'deny' ? new AwsError('AccessDeniedException', 'not authorized') : new ConnectionLost();
  });
}
