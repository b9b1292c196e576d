import type { Definition } from './definition.ts';
import { type Json, runDefinition } from './engine.ts';
import { failure, History, type HistoryEvent, payload } from './history.ts';
import { Run, type RunHost } from './run.ts';

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

/** How an execution ended. */
export interface End {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** What all executions of a state machine have in common. */
export interface Program {
  /** `arn:aws:states:<region>:<account>:stateMachine:<name>` */
  readonly stateMachineArn: string;
  /** Scaled, and reading `$$.RootExecution`. */
  readonly definition: Definition;
  readonly invokeTask: InvokeTask;
  /** Is told of each event of each execution, without the data that it carries. */
  readonly onEvent?: ((executionArn: string, event: HistoryEvent) => void) | undefined;
  /** A time, in milliseconds since the epoch, as the context object shows it. */
  readonly printTime: (milliseconds: number) => string;
}

/** What one execution is started with. */
export interface Start {
  readonly executionArn: string;
  readonly name: string;
  readonly stateMachineAliasArn?: string | undefined;
  readonly input: string;
  /** Milliseconds since the epoch. */
  readonly startDate: number;
}

/** An execution that runs. */
export class RunningExecution implements RunHost {
  readonly history: History;
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
    const [, , , region = '', account = '', , machineName = ''] = program.stateMachineArn.split(':');
    this.region = region;
    this.#program = program;
    this.#start = start;
    this.#onEnd = onEnd;
    this.history = new History((event) => program.onEvent?.(start.executionArn, event));
    const roleArn = `arn:aws:iam::${account}:role/${machineName}`;
    const execution = {
      Id: start.executionArn,
      Input: JSON.parse(start.input),
      Name: start.name,
      RoleArn: roleArn,
      StartTime: program.printTime(start.startDate),
      RedriveCount: 0,
    };
    const stateMachine = { Id: program.stateMachineArn, Name: machineName };
    this.context = { Execution: execution, RootExecution: execution, StateMachine: stateMachine };
    const { input, stateMachineAliasArn } = start;
    const alias = stateMachineAliasArn === undefined ? {} : { stateMachineAliasArn };
    this.history.record('ExecutionStarted', 0, { ...payload('input', input), roleArn, ...alias });
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Hands the execution to the engine. */
  run(): void {
    if (!this.#isRunning) return;
    const { definition } = this.#program;
    const engine = runDefinition(definition, JSON.parse(this.#start.input), new Run(this, 0), (error) => {
      // Ordinary failures have been heard of as events; this one the engine did not report.
      if (this.#isRunning) this.fail('States.Runtime', error instanceof Error ? error.message : String(error));
    });
    this.#abortEngine = engine.abort;
    if (!this.#isRunning) engine.abort();
  }

  /** StopExecution. */
  abort(error: string | undefined, cause: string | undefined): void {
    this.#end({ status: 'ABORTED', error, cause }, 'ExecutionAborted', failure(error, cause), 0);
  }

  /** Stops without an end, as if the process had died: nothing more is invoked, nothing is written. */
  abandon(): void {
    this.#isRunning = false;
    this.#abortEngine();
    // The engine would wait for calls that nobody needs any more, with a timer for each.
    for (const drop of this.calls) drop();
  }

  succeed(output: string): void {
    this.#end({ status: 'SUCCEEDED', output }, 'ExecutionSucceeded', payload('output', output));
  }

  fail(engineError: string, engineCause: string): void {
    // The engine puts something in where AWS leaves Error or Cause out.
    const error = engineError === 'FailStateError' ? undefined : engineError;
    const isInvented = error === 'States.Timeout' || engineCause === 'Execution failed because of a Fail state';
    const cause = isInvented ? undefined : engineCause;
    this.#end({ status: 'FAILED', error, cause }, 'ExecutionFailed', failure(error, cause));
  }

  timeOut(): void {
    this.#end({ status: 'TIMED_OUT' }, 'ExecutionTimedOut', { error: 'States.Timeout' }, 0);
  }

  printTime(milliseconds: number): string {
    return this.#program.printTime(milliseconds);
  }

  invoke(resource: string, input: Json, stateName: string): Promise<unknown> {
    return this.#program.invokeTask(resource, input, { executionArn: this.#start.executionArn, stateName });
  }

  #end(
    end: End,
    event: string,
    details: Readonly<Record<string, unknown>>,
    follows = this.history.events.length,
  ): void {
    this.history.record(event, follows, details);
    this.#onEnd(end);
    this.abandon();
  }
}
