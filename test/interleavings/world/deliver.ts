import type { StatusEvent, World } from './world.ts';

/** Lambda repeats a failed asynchronous invocation so often. */
const REPEATS = 2;

/** Invokes handle-error with a status event, as EventBridge and Lambda do. */
export function deliver(world: World, event: StatusEvent, repeat = 0): void {
  const { execution, status, error, cause } = event;
  const id = `event(${execution.name} ${status})${repeat === 0 ? '' : `r${repeat}`}`;
  const detail = { executionArn: execution.arn, status, error: error ?? null, cause: cause ?? null };
  world.invoke(id, 'handle-error', { source: 'aws.states', detail }, execution.arn).catch(() => {
    if (repeat === REPEATS || world.isOver) return;
    const again = () => deliver(world, event, repeat + 1);
    world.happenings.push({ label: `${id} is repeated`, isPossible: () => true, happen: again });
  });
}
