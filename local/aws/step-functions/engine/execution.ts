import type { Definition } from './definition.ts';
import { type Json, runDefinition } from './engine.ts';
import { failure, History, payload } from './history.ts';
import { ExecutionMachine, type MachineHost } from './machine.ts';

/** What `invokeTask` is told about the state that calls. */
export interface TaskContext {
  readonly executionArn: string;
  readonly stateName: string;
}

/**
 * Does what a Task state asks for.
 * @returns the task's result
 * @throws an Error whose `name` is the error name for Retry and Catch, and whose `message` is the Cause
 */
export type InvokeTask = (resource: string, payload: unknown, context: TaskContext) => Promise<unknown>;

export type EndStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** How an execution ended. */
export interface End {
  readonly status: EndStatus;
  readonly output?: string;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** What all executions of a state machine have in common. */
export interface Program {
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn: string;
  readonly region: string;
  /** Scaled, and reading `$$.RootExecution`. */
  readonly definition: Definition;
  /** `TimeoutSeconds` as AWS would know them, by state. */
  readonly timeouts: ReadonlyMap<string, number>;
  readonly invokeTask: InvokeTask;
  /** A time, in milliseconds since the epoch, as the context object shows it. */
  readonly printTime: (milliseconds: number) => string;
}

/** What one execution is started with. */
export interface Start {
  readonly executionArn: string;
  readonly name: string;
  readonly stateMachineAliasArn: string | undefined;
  readonly input: string;
  /** Milliseconds since the epoch. */
  readonly startDate: number;
}

/** An execution that runs. */
export class RunningExecution implements MachineHost {
  readonly history = new History();
  readonly calls = new Set<() => void>();
  readonly region: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly #program: Program;
  readonly #start: Start;
  readonly #onEnd: (end: End) => void;
  #isRunning = true;
  #abortEngine: () => void = () => undefined;

  /** @param onEnd called once, before anything else learns of the end; it makes the end durable */
  constructor(program: Program, start: Start, onEnd: (end: End) => void) {
    this.region = program.region;
    this.#program = program;
    this.#start = start;
    this.#onEnd = onEnd;
    const execution = {
      Id: start.executionArn,
      Input: JSON.parse(start.input),
      Name: start.name,
      RoleArn: program.roleArn,
      StartTime: program.printTime(start.startDate),
      RedriveCount: 0,
    };
    this.context = {
      Execution: execution,
      RootExecution: execution,
      StateMachine: { Id: program.stateMachineArn, Name: program.stateMachineName },
    };
    this.history.record('ExecutionStarted', 0, { executionStartedEventDetails: startDetails(program, start) });
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Hands the execution to the engine. */
  run(): void {
    if (!this.#isRunning) return;
    const { definition } = this.#program;
    const machine = new ExecutionMachine(this, definition.States, 0);
    const engine = runDefinition(definition, JSON.parse(this.#start.input), machine, (error) => {
      // Ordinary failures have been heard of as events; this one the engine did not report.
      if (this.#isRunning) this.fail('States.Runtime', error instanceof Error ? error.message : String(error));
    });
    this.#abortEngine = engine.abort;
    if (!this.#isRunning) engine.abort();
  }

  /** StopExecution. */
  abort(error: string | undefined, cause: string | undefined): void {
    this.history.record('ExecutionAborted', 0, { executionAbortedEventDetails: failure(error, cause) });
    this.#end({ status: 'ABORTED', error, cause });
  }

  /** Stops without an end, as if the process had died: nothing more is invoked, nothing is written. */
  abandon(): void {
    this.#letGo();
  }

  succeed(output: string): void {
    this.history.record('ExecutionSucceeded', this.history.events.length, {
      executionSucceededEventDetails: payload('output', output),
    });
    this.#end({ status: 'SUCCEEDED', output });
  }

  fail(error: string | undefined, cause: string | undefined): void {
    const shown = knownFailure(error, cause);
    this.history.record('ExecutionFailed', this.history.events.length, {
      executionFailedEventDetails: failure(shown.error, shown.cause),
    });
    this.#end({ status: 'FAILED', ...shown });
  }

  timeOut(): void {
    this.history.record('ExecutionTimedOut', 0, { executionTimedOutEventDetails: { error: 'States.Timeout' } });
    this.#end({ status: 'TIMED_OUT' });
  }

  timeoutInSeconds(stateName: string): number | undefined {
    return this.#program.timeouts.get(stateName);
  }

  printTime(milliseconds: number): string {
    return this.#program.printTime(milliseconds);
  }

  invoke(resource: string, input: Json, stateName: string): Promise<unknown> {
    return this.#program.invokeTask(resource, input, { executionArn: this.#start.executionArn, stateName });
  }

  #end(end: End): void {
    this.#onEnd(end);
    this.#letGo();
  }

  /** The engine would wait for calls that nobody needs any more, with a timer for each. */
  #letGo(): void {
    this.#isRunning = false;
    this.#abortEngine();
    for (const drop of this.calls) drop();
  }
}

function startDetails({ roleArn }: Program, { input, stateMachineAliasArn }: Start): Record<string, unknown> {
  return {
    ...payload('input', input),
    roleArn,
    ...(stateMachineAliasArn === undefined ? {} : { stateMachineAliasArn }),
  };
}

/** Takes out what the engine puts in where AWS leaves Error or Cause out. */
function knownFailure(error: string | undefined, cause: string | undefined): Pick<End, 'error' | 'cause'> {
  if (error === 'States.Timeout') return { error };
  return {
    error: error === 'FailStateError' ? undefined : error,
    cause: cause === 'Execution failed because of a Fail state' ? undefined : cause,
  };
}
