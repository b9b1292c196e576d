import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../endpoint.ts';
import { type DeliveryOptions, StatusDelivery } from './delivery.ts';
import { type End, type Program, RunningExecution } from './engine/execution.ts';
import { failure, History, type HistoryEvent, payload } from './engine/history.ts';
import { statusEvent } from './status-event.ts';
import { type ExecutionRecord, ExecutionStore, type PendingEvent } from './store.ts';

export interface ExecutionsOptions extends Omit<DeliveryOptions, 'store'> {
  readonly program: Program;
  /** ARNs that are accepted for the state machine as well. */
  readonly aliasArns: readonly string[];
  /** Where executions are kept. Without it they live as long as the process. */
  readonly dataDir?: string | undefined;
}

const RESTARTED: End = {
  status: 'ABORTED',
  error: 'LocalStack.Restarted',
  cause: 'The local stack stopped while this execution was running, and ended it when it was started again.',
};

/** The executions of one state machine. */
export class Executions {
  readonly #options: ExecutionsOptions;
  readonly #store: ExecutionStore;
  readonly #delivery: StatusDelivery;
  readonly #running = new Map<string, RunningExecution>();
  /** What a process that is gone left: executions that were running, events that were not delivered. */
  #left: { readonly executions: readonly ExecutionRecord[]; readonly events: readonly PendingEvent[] };

  constructor(options: ExecutionsOptions) {
    this.#options = options;
    this.#store = new ExecutionStore(options.dataDir);
    this.#delivery = new StatusDelivery({ ...options, store: this.#store });
    const executions = this.#store.list().filter(({ status }) => status === 'RUNNING');
    this.#left = { executions, events: this.#store.pendingEvents() };
  }

  /**
   * Starts an execution; it and its status event are stored before this returns. The same name and input while it
   * runs gives the execution that is there.
   * @throws AwsError StateMachineDoesNotExist, ExecutionAlreadyExists
   */
  start(stateMachineArn: string, name: string | undefined, input: string): ExecutionRecord {
    const { program, aliasArns } = this.#options;
    const isAlias = aliasArns.includes(stateMachineArn);
    if (!isAlias && stateMachineArn !== program.stateMachineArn) {
      throw new AwsError(400, 'StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
    }
    const executionName = name ?? randomUUID();
    const executionArn = `${program.stateMachineArn.replace(':stateMachine:', ':execution:')}:${executionName}`;
    const known = this.#store.find(executionArn);
    if (known !== undefined) return requireSame(known, input);
    const alias = isAlias ? { stateMachineAliasArn: stateMachineArn } : {};
    const start = { executionArn, name: executionName, ...alias, input, startDate: Date.now() };
    const record: ExecutionRecord = { ...start, status: 'RUNNING', stateEntries: 0 };
    const event = this.#store.write(record, statusEvent(record, program.stateMachineArn));
    const execution = new RunningExecution(program, start, (end) => this.#end(record, end, execution.history));
    this.#running.set(executionArn, execution);
    setImmediate(() => {
      void this.#delivery.deliver(event);
      execution.run();
    });
    return record;
  }

  /**
   * Stops an execution. One that has ended stays as it is: the API declares no error for it.
   * @throws AwsError ExecutionDoesNotExist
   */
  stop(executionArn: string, error: string | undefined, cause: string | undefined): ExecutionRecord {
    const record = this.describe(executionArn);
    const execution = this.#running.get(executionArn);
    if (execution !== undefined) execution.abort(error, cause);
    else if (record.status === 'RUNNING') void this.#end(record, { status: 'ABORTED', error, cause });
    return this.describe(executionArn);
  }

  /** @throws AwsError ExecutionDoesNotExist */
  describe(executionArn: string): ExecutionRecord {
    const record = this.#store.find(executionArn);
    if (record !== undefined) return record;
    throw new AwsError(400, 'ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  }

  /** Oldest first. */
  list(): readonly ExecutionRecord[] {
    return this.#store.list();
  }

  /**
   * The history so far. Of an execution that a restart ended, only its start and end are known.
   * @throws AwsError ExecutionDoesNotExist
   */
  history(executionArn: string): readonly HistoryEvent[] {
    const record = this.describe(executionArn);
    const running = this.#running.get(executionArn);
    return running?.history.events ?? this.#store.history(executionArn) ?? outerHistory(record);
  }

  /** How many states the execution has entered so far: what AWS bills, besides one transition for the start. */
  stateEntries(executionArn: string): number {
    return this.#running.get(executionArn)?.history.stateEntries ?? this.describe(executionArn).stateEntries;
  }

  /** The ARNs of the executions that run in this process. */
  running(): string[] {
    return [...this.#running.keys()];
  }

  /**
   * After a start over old data: ends what ran when the process died, and delivers every event that was not.
   * Resolves once each event has been tried; what fails is tried again later.
   * @returns the ARNs of the executions that were ended
   */
  async recover(): Promise<string[]> {
    const { executions, events } = this.#left;
    this.#left = { executions: [], events: [] };
    const lost = executions.filter(({ executionArn }) => this.describe(executionArn).status === 'RUNNING');
    const deliveries = events.map((event) => this.#delivery.deliver(event));
    await Promise.all([...deliveries, ...lost.map((record) => this.#end(record, RESTARTED))]);
    return lost.map(({ executionArn }) => executionArn);
  }

  /** Stops everything where it is. Executions that run are ended by `recover` of the next start. */
  async close(): Promise<void> {
    for (const execution of this.#running.values()) execution.abandon();
    this.#running.clear();
    await this.#delivery.close();
    this.#store.close();
  }

  /** Resolves once its event has been tried. */
  #end(record: ExecutionRecord, end: End, history?: History): Promise<void> {
    const ended = { ...record, ...end, stopDate: Date.now(), stateEntries: history?.stateEntries ?? 0 };
    const event = statusEvent(ended, this.#options.program.stateMachineArn);
    const pending = this.#store.write(ended, event, history?.events);
    this.#running.delete(record.executionArn);
    return this.#delivery.deliver(pending);
  }
}

function requireSame(known: ExecutionRecord, input: string): ExecutionRecord {
  if (known.status === 'RUNNING' && isDeepStrictEqual(JSON.parse(known.input), JSON.parse(input))) return known;
  throw new AwsError(400, 'ExecutionAlreadyExists', `Execution Already Exists: '${known.executionArn}'`);
}

/** What is known of an execution that a restart ended. */
function outerHistory({ input, error, cause, stopDate }: ExecutionRecord): readonly HistoryEvent[] {
  const history = new History();
  history.record('ExecutionStarted', 0, payload('input', input));
  if (stopDate !== undefined) history.record('ExecutionAborted', 0, failure(error, cause));
  return history.events;
}
