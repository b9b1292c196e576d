import type { EngineEvent, EngineMachine, Json, Machine } from './engine.ts';
import { failure, type History, payload } from './history.ts';

/** The execution that a run is part of. */
export interface RunHost {
  readonly isRunning: boolean;
  readonly history: History;
  readonly region: string;
  /** What `$$` has at every depth, without `State`. */
  readonly context: Readonly<Record<string, unknown>>;
  /** A time, in milliseconds since the epoch, as the context object shows it. */
  printTime(milliseconds: number): string;
  /** Calls under way, each with what makes it fail at once; all of them fail when the execution ends. */
  readonly calls: Set<() => void>;
  invoke(resource: string, input: Json, stateName: string): Promise<unknown>;
  succeed(output: string): void;
  fail(error: string, cause: string): void;
  timeOut(): void;
}

/** A run that is over was asked to go on. No Retry or Catch applies to it. */
export class ExecutionEndedError extends Error {
  override readonly name = 'LocalStack.ExecutionEnded';
  readonly isRetryable = false;
  readonly isCatchable = false;
}

/** A task's error as Retry and Catch see it. */
class TaskError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** The items of one try of a Map state. */
interface Group {
  readonly map: string;
  /** The engine's object for all of them, known from the first item on. */
  engineMachine: EngineMachine | undefined;
  size: number;
  /** The last state event of the item that ended last; the next item follows it. */
  freedBy: number;
  /** The event that the end of the state follows. */
  endedBy: number;
  /** The last state event of the item that failed first; the state fails with it. */
  failedBy: number | undefined;
}

/** Which item of which Map state a run is. */
interface Item {
  readonly parent: Run;
  readonly group: Group;
  readonly index: number;
}

/** Step Functions' limit for the input and output of states and tasks, in bytes of UTF-8. */
const MAX_PAYLOAD_BYTES = 262_144;

/**
 * One run of the engine, written down as AWS's history events. It stops listening, and refuses to invoke anything,
 * once it or anything above it has ended: after an abort the engine still wakes up retries and starts queued items.
 */
export class Run implements Machine {
  readonly context: { State: { Name: string; EnteredTime: string; RetryCount: number } };
  readonly #host: RunHost;
  readonly #item: Item | undefined;
  /** The event that the next event of this run follows. */
  #last: number;
  #group: Group | undefined;
  /** The engine's objects of tries that are over; what still starts in them is left over. */
  readonly #finished = new WeakSet<EngineMachine>();
  /** Records that the call under way timed out, and lets the engine go; undefined once it has answered. */
  #timeOutCall: (() => void) | undefined;
  #isCaught = false;
  #hasEnded = false;

  /** @param last the event that the first event of this run follows */
  constructor(host: RunHost, last: number, item?: Item) {
    this.#host = host;
    this.#last = last;
    this.#item = item;
    this.context = { ...host.context, State: { Name: '', EnteredTime: '', RetryCount: 0 } };
  }

  onEvent(event: EngineEvent): void {
    if (!this.#isHeard()) return;
    switch (event.type) {
      case 'StateEntered':
        this.#enter(event.state.name, event.state.type, event.state.input);
        break;
      case 'StateExited':
        this.#exit(event.state.name, event.state.type, event.state.output ?? null);
        break;
      case 'StateFailed':
        // Nothing but the engine's own timer ends a call that has not answered.
        this.#timeOutCall?.();
        break;
      case 'StateRetried':
        this.context.State.RetryCount += 1;
        if (this.#group !== undefined) this.#startGroup(this.#group.map, this.#group.failedBy);
        break;
      case 'StateCaught':
        this.#isCaught = true;
        this.#failGroup();
        break;
      case 'ExecutionSucceeded':
        this.#succeed(event.output);
        break;
      case 'ExecutionFailed':
        this.#fail(event.Error, String(event.Cause));
        break;
      case 'ExecutionTimeout':
        this.#host.timeOut();
        break;
      default: // the start and an abort are written by whoever causes them
    }
  }

  onNested(engineMachine: EngineMachine): Machine {
    const group = this.#group;
    const isOver = group === undefined || group.failedBy !== undefined || this.#finished.has(engineMachine);
    if (isOver || !this.#isHeard()) throw new ExecutionEndedError();
    group.engineMachine = engineMachine;
    const item = new Run(this.#host, group.freedBy, { parent: this, group, index: group.size });
    group.size += 1;
    item.#recordIteration('Started');
    return item;
  }

  async onTask(stateName: string, resource: string, input: Json): Promise<Json> {
    if (!this.#isHeard()) throw new ExecutionEndedError();
    const inputText = write(input, stateName);
    const task = taskOf(resource, this.#host.region);
    this.#record(`${task.prefix}Scheduled`, task.scheduled(inputText));
    this.#record(`${task.prefix}Started`, task.started);
    const dropped = Promise.withResolvers<never>();
    const drop = () => dropped.reject(new ExecutionEndedError());
    const timeOut = () => {
      this.#timeOutCall = undefined;
      drop();
      this.#record(`${task.prefix}TimedOut`, { ...task.started, error: 'States.Timeout' });
    };
    /** Whether the answer still counts; from then on no timer ends the call. */
    const isOpen = () => {
      const isAwaited = this.#timeOutCall === timeOut && this.#isHeard();
      if (isAwaited) this.#timeOutCall = undefined;
      return isAwaited;
    };
    this.#timeOutCall = timeOut;
    this.#host.calls.add(drop);
    try {
      const result = await Promise.race([this.#host.invoke(resource, input, stateName), dropped.promise]);
      const output = write(result ?? null, task.label);
      if (!isOpen()) throw new ExecutionEndedError();
      this.#record(`${task.prefix}Succeeded`, { ...task.started, ...payload('output', output) });
      return JSON.parse(output);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new TaskError('Error', String(error));
      if (error instanceof ExecutionEndedError || !isOpen()) throw new ExecutionEndedError();
      this.#record(`${task.prefix}Failed`, { ...task.started, ...failure(name, message) });
      throw new TaskError(name, message);
    } finally {
      this.#host.calls.delete(drop);
    }
  }

  /** Whether its events count: neither this run, nor the execution, nor the Map state it belongs to, is over. */
  #isHeard(): boolean {
    if (this.#hasEnded || !this.#host.isRunning) return false;
    if (this.#item === undefined) return true;
    const { parent, group } = this.#item;
    return group.failedBy === undefined && parent.#group === group && parent.#isHeard();
  }

  #enter(name: string, type: string, input: Json): void {
    this.#record(`${type}StateEntered`, { name, ...payload('input', write(input, name)) });
    this.#isCaught = false;
    const EnteredTime = this.#host.printTime(Date.now());
    Object.assign(this.context.State, { Name: name, EnteredTime, RetryCount: 0 });
    if (type === 'Map') this.#startGroup(name, this.#last);
  }

  #exit(name: string, type: string, output: Json): void {
    const text = write(output, name);
    const group = this.#group;
    if (group !== undefined && !this.#isCaught) {
      this.#record('MapStateSucceeded', undefined, group.endedBy);
      this.#leaveGroup();
    }
    this.#record(`${type}StateExited`, { name, ...payload('output', text) });
  }

  #succeed(output: Json): void {
    if (this.#item === undefined) {
      this.#host.succeed(write(output, 'execution'));
      return;
    }
    const { group } = this.#item;
    group.freedBy = this.#last;
    this.#recordIteration('Succeeded');
    group.endedBy = this.#last;
    this.#hasEnded = true;
  }

  #fail(error: string, cause: string): void {
    this.#failGroup();
    if (this.#item === undefined) {
      this.#host.fail(error, cause);
      return;
    }
    const failedBy = this.#last;
    this.#recordIteration('Failed');
    this.#hasEnded = true;
    this.#item.group.failedBy = failedBy;
  }

  #startGroup(map: string, follows = this.#last): void {
    this.#leaveGroup();
    const id = this.#record('MapStateStarted', undefined, follows);
    this.#group = { map, engineMachine: undefined, size: 0, freedBy: id, endedBy: id, failedBy: undefined };
  }

  /** A Map state has failed for good: it is caught, or the run fails with it. */
  #failGroup(): void {
    const group = this.#group;
    if (group === undefined) return;
    this.#record('MapStateFailed', undefined, group.failedBy);
    this.#leaveGroup();
  }

  #leaveGroup(): void {
    if (this.#group?.engineMachine !== undefined) this.#finished.add(this.#group.engineMachine);
    this.#group = undefined;
  }

  #recordIteration(what: 'Started' | 'Succeeded' | 'Failed'): void {
    if (this.#item === undefined) return;
    const { group, index } = this.#item;
    this.#record(`MapIteration${what}`, { name: group.map, index });
  }

  #record(type: string, details?: Readonly<Record<string, unknown>>, follows = this.#last): number {
    this.#last = this.#host.history.record(type, follows, details);
    return this.#last;
  }
}

const SERVICE_RESOURCE = /^arn:[\w-]+:states:::([^:]+):(.+)$/;

/**
 * How history events name a task: a Lambda function's ARN as `Resource` gives `LambdaFunction…` events, a service
 * integration (`arn:aws:states:::sns:publish`) gives `Task…` events.
 */
function taskOf(resource: string, region: string) {
  const [, resourceType, action] = SERVICE_RESOURCE.exec(resource) ?? [];
  if (resourceType === undefined) {
    const scheduled = (input: string) => ({ resource, ...payload('input', input) });
    return { prefix: 'LambdaFunction', label: resource, started: undefined, scheduled };
  }
  const started = { resourceType, resource: action };
  const scheduled = (parameters: string) => ({ ...started, region, parameters });
  return { prefix: 'Task', label: resourceType, started, scheduled };
}

/**
 * Writes an input or output.
 * @param label what it belongs to: a state's name, a function's ARN, a service
 * @throws TaskError States.DataLimitExceeded. AWS's guide says that States.ALL does not catch it; recordings of AWS
 * (LocalStack's snapshots of March 2024) show that it does for a task's result, and so it does here.
 */
function write(value: unknown, label: string): string {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) <= MAX_PAYLOAD_BYTES) return text;
  throw new TaskError(
    'States.DataLimitExceeded',
    `The state/task '${label}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
