import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { StatusDelivery } from './delivery.ts';
import { type End, type Program, RunningExecution } from './engine/execution.ts';
import { failure, type HistoryEvent, payload } from './engine/history.ts';
import { executionDoesNotExist, ServiceError, stateMachineDoesNotExist } from './errors.ts';
import { type StatusEvent, statusEvent } from './status-event.ts';
import { type ExecutionRecord, ExecutionStore, ended } from './store.ts';

export interface ServiceOptions {
  readonly program: Program;
  readonly aliasArns: readonly string[];
  readonly dataDir: string | undefined;
  readonly timeScale: number;
  readonly onStatusChange: (event: StatusEvent) => Promise<void> | void;
  readonly onDeliveryFailure: (event: StatusEvent, error: unknown) => void;
}

const RESTARTED: End = {
  status: 'ABORTED',
  error: 'LocalStack.Restarted',
  cause: 'The local stack stopped while this execution was running, and ended it when it was started again.',
};

/** The executions of one state machine. */
export class ExecutionService {
  readonly #options: ServiceOptions;
  readonly #store: ExecutionStore;
  readonly #delivery: StatusDelivery;
  readonly #running = new Map<string, RunningExecution>();
  #isClosed = false;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#store = new ExecutionStore(options.dataDir);
    this.#delivery = new StatusDelivery({
      store: this.#store,
      onStatusChange: options.onStatusChange,
      onFailure: options.onDeliveryFailure,
      timeScale: options.timeScale,
    });
  }

  /**
   * Starts an execution; it and its status event are stored before this returns. The same name and input while it
   * runs gives the execution that is there.
   * @throws ServiceError StateMachineDoesNotExist, ExecutionAlreadyExists
   */
  start(stateMachineArn: string, name: string | undefined, input: string): ExecutionRecord {
    const stateMachineAliasArn = this.#aliasOf(stateMachineArn);
    const executionName = name ?? randomUUID();
    const executionArn = this.#executionArn(executionName);
    const known = this.#store.find(executionArn);
    if (known !== undefined) return this.#sameExecution(known, input);
    const start = { executionArn, name: executionName, stateMachineAliasArn, input, startDate: Date.now() };
    const started = { ...start, ...NOT_ENDED };
    const event = this.#store.start(start, this.#statusEvent(started));
    const execution = new RunningExecution(this.#options.program, start, (end) => this.#end(executionArn, end));
    this.#running.set(executionArn, execution);
    setImmediate(() => {
      void this.#delivery.deliver(event);
      execution.run();
    });
    return started;
  }

  /**
   * Stops an execution. One that has ended stays as it is: the API declares no error for it.
   * @throws ServiceError ExecutionDoesNotExist
   */
  stop(executionArn: string, error: string | undefined, cause: string | undefined): ExecutionRecord {
    const record = this.describe(executionArn);
    if (record.status !== 'RUNNING') return record;
    const execution = this.#running.get(executionArn);
    if (execution === undefined) this.#endRecord(record, undefined, { status: 'ABORTED', error, cause });
    else execution.abort(error, cause);
    return this.describe(executionArn);
  }

  /** @throws ServiceError ExecutionDoesNotExist */
  describe(executionArn: string): ExecutionRecord {
    const record = this.#store.find(executionArn);
    if (record === undefined) throw executionDoesNotExist(executionArn);
    return record;
  }

  /**
   * Newest first.
   * @param stateMachineArn of the state machine, or of an alias for what was started with it
   * @throws ServiceError StateMachineDoesNotExist
   */
  list(
    stateMachineArn: string,
    filter: { status?: ExecutionRecord['status']; before?: number; limit: number },
  ): ExecutionRecord[] {
    const aliasArn = this.#aliasOf(stateMachineArn);
    return this.#store.list(aliasArn === undefined ? filter : { ...filter, aliasArn });
  }

  /**
   * The history so far. Of an execution that a restart ended, only its start and end are known.
   * @throws ServiceError ExecutionDoesNotExist
   */
  history(executionArn: string): readonly HistoryEvent[] {
    const record = this.describe(executionArn);
    const running = this.#running.get(executionArn);
    return running?.history.events ?? this.#store.history(executionArn) ?? this.#knownHistory(record);
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
    const lost = this.#store.running().filter(({ executionArn }) => !this.#running.has(executionArn));
    for (const record of lost) this.#endRecord(record, undefined, RESTARTED);
    await this.#delivery.deliverPending();
    return lost.map(({ executionArn }) => executionArn);
  }

  /** Stops everything where it is. Executions that run are ended by `recover` of the next start. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const execution of this.#running.values()) execution.abandon();
    this.#running.clear();
    await this.#delivery.close();
    this.#store.close();
  }

  #end(executionArn: string, end: End): void {
    const execution = this.#running.get(executionArn);
    this.#endRecord(this.describe(executionArn), execution, end);
    this.#running.delete(executionArn);
  }

  #endRecord(record: ExecutionRecord, execution: RunningExecution | undefined, end: End): void {
    const closed = ended(record, end, Date.now(), execution?.history.stateEntries ?? 0);
    const event = this.#store.end(closed, execution?.history.events, this.#statusEvent(closed));
    void this.#delivery.deliver(event);
  }

  #sameExecution(known: ExecutionRecord, input: string): ExecutionRecord {
    const isSame = known.status === 'RUNNING' && isDeepStrictEqual(JSON.parse(known.input), JSON.parse(input));
    if (isSame) return known;
    throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${known.executionArn}'`);
  }

  #aliasOf(stateMachineArn: string): string | undefined {
    if (stateMachineArn === this.#options.program.stateMachineArn) return undefined;
    if (this.#options.aliasArns.includes(stateMachineArn)) return stateMachineArn;
    throw stateMachineDoesNotExist(stateMachineArn);
  }

  #executionArn(name: string): string {
    return `${this.#options.program.stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  }

  #statusEvent(record: ExecutionRecord): string {
    return JSON.stringify(statusEvent(record, this.#options.program.stateMachineArn));
  }

  #knownHistory(record: ExecutionRecord): HistoryEvent[] {
    const { roleArn } = this.#options.program;
    const started: HistoryEvent = {
      id: 1,
      previousEventId: 0,
      timestamp: record.startDate / 1000,
      type: 'ExecutionStarted',
      executionStartedEventDetails: { ...payload('input', record.input), roleArn },
    };
    if (record.stopDate === undefined) return [started];
    const aborted: HistoryEvent = {
      id: 2,
      previousEventId: 0,
      timestamp: record.stopDate / 1000,
      type: 'ExecutionAborted',
      executionAbortedEventDetails: failure(record.error, record.cause),
    };
    return [started, aborted];
  }
}

const NOT_ENDED = {
  sequence: 0,
  status: 'RUNNING',
  stopDate: undefined,
  output: undefined,
  error: undefined,
  cause: undefined,
  stateEntries: 0,
} as const;
