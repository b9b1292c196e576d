import type { Definition } from './definition.ts';
import type { EngineEvent, EngineMachine, Json, Machine } from './engine.ts';
import { type Details, type History, MAX_EVENTS, payload } from './history.ts';
import { ExecutionEndedError, requireSize, TaskError } from './limits.ts';
import { type TaskEvents, taskEvents } from './task-events.ts';

/** The execution that a machine is part of. */
export interface MachineHost {
  readonly isRunning: boolean;
  readonly history: History;
  readonly region: string;
  /** What `$$` has at every depth, without `State`. */
  readonly context: Readonly<Record<string, unknown>>;
  timeoutInSeconds(stateName: string): number | undefined;
  printTime(milliseconds: number): string;
  /** Calls under way, each with what makes it fail at once; all of them fail when the execution ends. */
  readonly calls: Set<() => void>;
  invoke(resource: string, input: Json, stateName: string): Promise<unknown>;
  succeed(output: string): void;
  fail(error: string | undefined, cause: string | undefined): void;
  timeOut(): void;
}

/** The runs that one try of a Map or Parallel state has started. */
interface Group {
  /** Undefined for a Map over nothing. A Parallel has one for each branch; the first stands for all. */
  readonly engineMachine: EngineMachine | undefined;
  readonly startedEventId: number;
  readonly members: ExecutionMachine[];
  /** The last state event of the member that ended last; the next item follows it. */
  freedBy: number | undefined;
  /** The event that the end of the state follows. */
  endedBy: number | undefined;
  /** The last state event of the member that failed first; the state fails with it. */
  failedBy: number | undefined;
}

interface Membership {
  readonly parent: ExecutionMachine;
  readonly group: Group;
  readonly index: number;
}

/** One call of a task. */
interface TaskCall {
  /** Whether the engine still waits for it. */
  isOpen: boolean;
  readonly events: TaskEvents;
  /** Lets the engine, and its timer, go. */
  readonly drop: () => void;
}

interface CurrentState {
  readonly name: string;
  readonly type: string;
  readonly enteredEventId: number;
  readonly input: Json;
}

/**
 * One run of the engine, written down as AWS's history events. It stops listening, and refuses to invoke anything,
 * once it or anything above it has ended: after an abort the engine still wakes up retries and starts queued items.
 */
export class ExecutionMachine implements Machine {
  readonly context: { State: { Name: string; EnteredTime: string; RetryCount: number } };
  readonly #host: MachineHost;
  readonly #states: Definition['States'];
  readonly #membership: Membership | undefined;
  /** The event that the next event of this run follows. */
  #last: number;
  #state: CurrentState | undefined;
  #group: Group | undefined;
  /** The engine's machines of tries that are over; what still starts in them is left over. */
  readonly #finished = new WeakSet<EngineMachine>();
  #call: TaskCall | undefined;
  #isCaught = false;
  #runtimeCause: string | undefined;
  #hasEnded = false;
  #written: { value: Json; text: string } | undefined;

  /** @param last the event that the first event of this run follows */
  constructor(host: MachineHost, states: Definition['States'], last: number, membership?: Membership) {
    this.#host = host;
    this.#states = states;
    this.#last = last;
    this.#membership = membership;
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
        this.#failState(event.state.name, event.Error, String(event.Cause));
        break;
      case 'StateRetried':
        this.#retry();
        break;
      case 'StateCaught':
        this.#isCaught = true;
        this.#endFailedGroup();
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
    if (!this.#mayInvoke() || this.#finished.has(engineMachine)) throw new ExecutionEndedError();
    this.#group ??= this.#startGroup(engineMachine);
    if (this.#group.failedBy !== undefined) throw new ExecutionEndedError();
    return this.#startMember(this.#group, engineMachine);
  }

  async onTask(stateName: string, resource: string, input: Json): Promise<Json> {
    if (!this.#mayInvoke()) throw new ExecutionEndedError();
    const events = taskEvents(resource, this.#host.region);
    const inputText = this.#write(input);
    requireSize(inputText, stateName);
    this.#recordNext(events.scheduled(inputText, this.#host.timeoutInSeconds(stateName)));
    this.#recordNext(events.started());
    const dropped = Promise.withResolvers<never>();
    const call = { isOpen: true, events, drop: () => dropped.reject(new ExecutionEndedError()) };
    this.#call = call;
    this.#host.calls.add(call.drop);
    try {
      const result = await Promise.race([this.#host.invoke(resource, input, stateName), dropped.promise]);
      const outputText = JSON.stringify(result ?? null);
      if (!call.isOpen || !this.#isHeard()) throw new ExecutionEndedError();
      requireSize(outputText, events.label);
      call.isOpen = false;
      this.#recordNext(events.succeeded(outputText));
      return JSON.parse(outputText);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new TaskError('Error', String(error));
      if (error instanceof ExecutionEndedError || !call.isOpen || !this.#isHeard()) throw new ExecutionEndedError();
      call.isOpen = false;
      this.#recordNext(events.failed(name, message));
      throw new TaskError(name, message);
    } finally {
      this.#host.calls.delete(call.drop);
    }
  }

  /** Whether its events count: neither this run, nor the execution, nor the Map state it belongs to, is over. */
  #isHeard(): boolean {
    if (this.#hasEnded || !this.#host.isRunning) return false;
    const member = this.#membership;
    return member === undefined || (member.parent.#group === member.group && member.parent.#isHeard());
  }

  #mayInvoke(): boolean {
    const member = this.#membership;
    if (member === undefined) return this.#isHeard();
    return this.#isHeard() && member.group.failedBy === undefined && member.parent.#mayInvoke();
  }

  #enter(name: string, type: string, input: Json): void {
    const text = this.#write(input);
    const details = { stateEnteredEventDetails: { name, ...payload('input', text) } };
    this.#recordNext({ type: `${type}StateEntered`, details });
    this.#state = { name, type, enteredEventId: this.#last, input };
    this.#group = undefined;
    this.#isCaught = false;
    const EnteredTime = this.#host.printTime(Date.now());
    Object.assign(this.context.State, { Name: name, EnteredTime, RetryCount: 0 });
    requireSize(text, name);
  }

  #exit(name: string, type: string, output: Json): void {
    const text = this.#write(output);
    requireSize(text, name);
    if (hasNested(type) && !this.#isCaught) this.#endGroup(type);
    const details = { stateExitedEventDetails: { name, ...payload('output', text) } };
    this.#recordNext({ type: `${type}StateExited`, details });
  }

  #failState(name: string, error: string, cause: string): void {
    const call = this.#call;
    if (call?.isOpen === true) {
      call.isOpen = false; // nothing but the engine's own timer ends a call that has not answered
      call.drop();
      this.#recordNext(call.events.timedOut());
    }
    if (error === 'States.Runtime') {
      const entered = `(entered at the event id #${this.#state?.enteredEventId})`;
      this.#runtimeCause ??= `An error occurred while executing the state '${name}' ${entered}. ${cause}`;
    }
    const group = this.#group;
    for (const member of group?.members ?? []) if (group !== undefined) member.#abort(group);
  }

  #retry(): void {
    this.context.State.RetryCount += 1;
    this.#last = this.#group?.failedBy ?? this.#last;
    this.#leaveGroup();
  }

  #succeed(output: Json): void {
    const member = this.#membership;
    if (member === undefined) {
      this.#host.succeed(this.#write(output));
      return;
    }
    this.#hasEnded = true;
    member.group.freedBy = this.#last;
    member.group.endedBy = this.#recordIteration('Succeeded', this.#last) ?? this.#last;
  }

  #fail(error: string, cause: string): void {
    this.#endFailedGroup();
    const member = this.#membership;
    if (member === undefined) {
      this.#host.fail(error, this.#runtimeCause ?? cause);
      return;
    }
    if (member.group.failedBy !== undefined) return; // another one was first: this one counts as aborted
    this.#hasEnded = true;
    member.group.failedBy = this.#last;
    member.parent.#runtimeCause ??= this.#runtimeCause;
    this.#recordIteration('Failed', this.#last);
  }

  /** Another member of its group has failed. */
  #abort(group: Group): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#call?.drop();
    const failedBy = group.failedBy ?? group.startedEventId;
    const type = this.#state?.type ?? '';
    if (ABORTABLE.has(type)) this.#record(`${type}StateAborted`, failedBy);
    this.#recordIteration('Aborted', failedBy);
  }

  #startGroup(engineMachine: EngineMachine | undefined): Group {
    const type = this.#state?.type ?? '';
    const length = type === 'Map' ? this.#countItems() : undefined;
    const details = length === undefined ? {} : { mapStateStartedEventDetails: { length } };
    this.#recordNext({ type: `${type}StateStarted`, details });
    const members: ExecutionMachine[] = [];
    const startedEventId = this.#last;
    return { engineMachine, startedEventId, members, freedBy: undefined, endedBy: undefined, failedBy: undefined };
  }

  #startMember(group: Group, { definition }: EngineMachine): Machine {
    const membership = { parent: this, group, index: group.members.length };
    const follows = group.freedBy ?? group.startedEventId;
    const member = new ExecutionMachine(this.#host, definition.States, follows, membership);
    group.members.push(member);
    member.#last = member.#recordIteration('Started', follows) ?? group.startedEventId;
    return member;
  }

  #endGroup(type: string): void {
    const group = this.#group ?? this.#startGroup(undefined);
    this.#last = group.endedBy ?? group.startedEventId;
    this.#record(`${type}StateSucceeded`, this.#last);
    this.#leaveGroup();
  }

  /** A Map or Parallel state has failed for good: it is caught, or the run fails with it. */
  #endFailedGroup(): void {
    const group = this.#group;
    if (group === undefined) return;
    this.#recordNext({ type: `${this.#state?.type}StateFailed`, details: {} }, group.failedBy);
    this.#leaveGroup();
  }

  #leaveGroup(): void {
    if (this.#group?.engineMachine !== undefined) this.#finished.add(this.#group.engineMachine);
    this.#group = undefined;
  }

  /** Items of a Map have events of their own, branches of a Parallel have none. */
  #recordIteration(what: string, previousEventId: number): number | undefined {
    const member = this.#membership;
    if (member === undefined) return undefined;
    const state = member.parent.#state;
    if (state?.type !== 'Map') return undefined;
    const details = { [`mapIteration${what}EventDetails`]: { name: state.name, index: member.index } };
    return this.#record(`MapIteration${what}`, previousEventId, details);
  }

  #recordNext({ type, details }: { type: string; details: Details }, follows = this.#last): void {
    this.#last = this.#record(type, follows, details);
  }

  #record(type: string, previousEventId: number, details?: Details): number {
    const { history } = this.#host;
    if (history.isFull) {
      this.#host.fail('States.Runtime', `The execution reached the maximum number of history events (${MAX_EVENTS}).`);
      throw new ExecutionEndedError();
    }
    return history.record(type, previousEventId, details);
  }

  /** The number of items, where the paths to them are plain; the engine does not tell. */
  #countItems(): number | undefined {
    const state = this.#states[this.#state?.name ?? ''];
    if (state?.Type !== 'Map') return undefined;
    const items = readPath(state.ItemsPath ?? '$', readPath(state.InputPath ?? '$', this.#state?.input));
    return Array.isArray(items) ? items.length : undefined;
  }

  /** The same value is often an output and then an input: it is written once. */
  #write(value: Json): string {
    if (this.#written?.value !== value) this.#written = { value, text: JSON.stringify(value) };
    return this.#written.text;
  }
}

const ABORTABLE: ReadonlySet<string> = new Set(['Task', 'Wait', 'Map', 'Parallel']);

function hasNested(type: string): boolean {
  return type === 'Map' || type === 'Parallel';
}

/** Follows a plain reference path (`$`, `$.a.b`). */
function readPath(path: string, value: unknown): unknown {
  if (!/^\$(\.\w+)*$/.test(path)) return undefined;
  const names = path.split('.').slice(1);
  return names.reduce<unknown>((found, name) => {
    return typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined;
  }, value);
}
