import { DescribeExecutionCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { clock } from '../stand-ins/time.ts';
import { AwsError, DOES_NOT_EXIST } from './aws-errors.ts';

export type ExecutionState = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** An execution, as Step Functions has it. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly input: string;
  readonly startedAt: number;
  status: ExecutionState;
  endedAt?: number | undefined;
  error?: string | undefined;
  cause?: string | undefined;
}

export const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:activity:live';
const PREFIX = 'arn:aws:states:eu-west-1:123456789012:execution:activity:';
export const arnOf = (name: string) => `${PREFIX}${name}`;
/** The same text with the names of executions instead of their ARNs. */
export const withoutPrefix = (text: string) => text.replaceAll(PREFIX, '');

export type Past = 'RUNNING' | 'not there';
/** Reads are behind by less than this; AWS says only that it is short. */
const CONSISTENT_AFTER_MS = 5_000;

/** A model of Step Functions' API; what an execution does is in machine.ts. */
export class StepFunctions {
  readonly executions = new Map<string, Execution>();
  readonly #onStart: (execution: Execution) => void;
  readonly #onEnd: (execution: Execution) => void;

  constructor(onStart: (execution: Execution) => void, onEnd: (execution: Execution) => void) {
    this.#onStart = onStart;
    this.#onEnd = onEnd;
  }

  /** Ends an execution, unless it has ended. */
  end(execution: Execution, status: ExecutionState, error?: string, cause?: string): void {
    if (execution.status !== 'RUNNING') return;
    Object.assign(execution, { status, error, cause, endedAt: clock.now });
    this.#onEnd(execution);
  }

  /** What else DescribeExecution may say of an execution for a moment after it changed: it is eventually consistent. */
  pastOf(executionArn: string | undefined): Past[] {
    const execution = this.executions.get(executionArn ?? '');
    if (execution === undefined) return [];
    const isRecent = (at: number | undefined) => at !== undefined && clock.now - at < CONSISTENT_AFTER_MS;
    return [
      ...(isRecent(execution.endedAt) ? ['RUNNING' as const] : []),
      ...(isRecent(execution.startedAt) ? ['not there' as const] : []),
    ];
  }

  /**
   * Carries out a command.
   * @param past what DescribeExecution says instead of what is
   * @throws AwsError
   */
  run(command: object, past?: Past): unknown {
    if (command instanceof StartExecutionCommand)
      return this.#start(command.input.name ?? '', command.input.input ?? '');
    if (command instanceof StopExecutionCommand) {
      const { error, cause } = command.input;
      this.end(this.#find(command.input.executionArn), 'ABORTED', error, cause);
      return { stopDate: new Date() };
    }
    if (command instanceof DescribeExecutionCommand) {
      const { status, error, cause, input, startedAt } = this.#find(command.input.executionArn);
      const startDate = new Date(startedAt);
      if (past === 'not there') throw DOES_NOT_EXIST;
      return past === 'RUNNING' ? { status: past, input, startDate } : { status, error, cause, input, startDate };
    }
    throw new Error(`the model of Step Functions does not know ${command.constructor.name}`);
  }

  #find(arn: string | undefined): Execution {
    const execution = this.executions.get(arn ?? '');
    if (execution === undefined) throw DOES_NOT_EXIST;
    return execution;
  }

  #start(name: string, input: string) {
    const arn = arnOf(name);
    const found = this.executions.get(arn);
    const startDate = new Date();
    if (found === undefined) {
      const execution: Execution = { arn, name, input, status: 'RUNNING', startedAt: clock.now };
      this.executions.set(arn, execution);
      this.#onStart(execution);
    } else if (found.status !== 'RUNNING' || found.input !== input) {
      throw new AwsError('ExecutionAlreadyExists', 'Execution Already Exists');
    }
    return { executionArn: arn, startDate };
  }
}
