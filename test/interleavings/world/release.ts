import { PublishCommand } from '@aws-sdk/client-sns';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { collided } from '../../../lambdas/core/src/aws/database.ts';
import { AwsError, CONNECTION_LOST, INVOCATION_LOST } from '../model/aws-errors.ts';
import { canonical } from '../model/items.ts';
import { type Call, textOf } from './actor.ts';
import type { Mode } from './bounds.ts';
import { type Delay, execute } from './services.ts';
import type { StatusEvent, World } from './world.ts';

/** Attempts that the clients of the Lambdas make at a write that meets another one: see core/src/aws/database.ts. */
const COLLISION_ATTEMPTS = 6;

/** Gives a call what came of it; one that met another write waits and is sent again. */
function settle(world: World, call: Call, run: () => unknown): void {
  const { actor, result } = call;
  try {
    const value = run();
    actor.remember(call, canonical(value));
    result.resolve(value);
  } catch (thrown) {
    if (!(thrown instanceof AwsError || thrown === CONNECTION_LOST)) throw thrown;
    world.say(() => `      → ${textOf(thrown)}`);
    call.collisions += 1;
    if (collided(thrown) && call.collisions < COLLISION_ATTEMPTS) {
      delete call.open;
      actor.calls.push(call);
      return;
    }
    actor.remember(call, textOf(thrown));
    result.reject(thrown);
  }
}

/** Carries a call out and answers it. */
export function answer(world: World, call: Call, delay: Delay = {}): void {
  call.actor.take(call);
  if (delay.lag !== undefined) world.left.lags -= 1;
  if (delay.past !== undefined) world.left.stales -= 1;
  const { sweepCallSeconds } = world.bounds;
  if (sweepCallSeconds > 0 && call.actor.lambda === 'reconcile-executions' && !world.isQuiet) {
    world.pass(1000 * sweepCallSeconds);
  }
  settle(world, call, () => execute(world, call.actor, call.command, delay));
}

/** Ends a transaction that lies open. */
export function commit(world: World, call: Call): void {
  call.actor.take(call);
  world.writer = call.actor;
  settle(world, call, () => {
    call.open?.commit();
    return {};
  });
}

/** Lets a transaction lie open. */
export function prepare(world: World, call: Call): void {
  const { command } = call;
  if (!(command instanceof TransactWriteCommand)) throw new Error('no transaction');
  world.left.opens -= 1;
  try {
    call.open = world.db.begin(command.input);
  } catch (thrown) {
    call.actor.take(call);
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

/** Lets something befall a call. */
export function fail(world: World, call: Call, mode: Mode): void {
  const { actor, command } = call;
  world.left.faults -= 1;
  if (command instanceof PublishCommand || /handle-error|reconcile|get-status|state/.test(actor.lambda)) {
    world.isTellingDisturbed = true;
  }
  if (mode === 'orphan') {
    actor.isOrphan = true;
    actor.result.reject(INVOCATION_LOST);
    return;
  }
  call.actor.take(call);
  if (mode === 'lost' || mode === 'echo' || mode === 'crashAfter') executeUnheard(world, call);
  if (mode === 'crashBefore' || mode === 'crashAfter') {
    world.kill(actor);
    return;
  }
  settle(world, call, () => {
    if (mode === 'echo') return execute(world, actor, command);
    throw mode === 'deny' ? new AwsError('AccessDeniedException', 'not authorized') : CONNECTION_LOST;
  });
}

/** Lambda repeats a failed asynchronous invocation so often. */
const REPEATS = 2;

/** Invokes handle-error with a status event, as EventBridge and Lambda do. */
export function deliver(world: World, event: StatusEvent, repeat = 0): void {
  const { name, arn, status, error = null, cause = null } = event.execution;
  const id = `event(${name} ${status})${repeat === 0 ? '' : `r${repeat}`}`;
  const detail = { executionArn: arn, status, error, cause };
  world.invoke(id, 'handle-error', { source: 'aws.states', detail }, arn).catch(() => {
    if (repeat === REPEATS || world.isOver) return;
    const again = () => deliver(world, event, repeat + 1);
    world.happenings.push({ label: `${id} is repeated`, isPossible: () => true, happen: again });
  });
}
