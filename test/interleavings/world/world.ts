import { ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { PublishCommand } from '@aws-sdk/client-sns';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { CONNECTION_LOST, INVOCATION_LOST } from '../model/aws-errors.ts';
import { Dynamo, type Write } from '../model/dynamo.ts';
import { hash, type Item } from '../model/items.ts';
import { type Execution, StepFunctions } from '../model/step-functions.ts';
import { invocations, Pause } from '../stand-ins/invocation.ts';
import { BEGINNING, clock } from '../stand-ins/time.ts';
import { Actor, type Answer, type Call } from './actor.ts';
import { endedOf } from './answer.ts';
import type { Bounds } from './bounds.ts';
import type { Code } from './handlers.ts';
import { type Lambda, timeoutMs } from './lambdas.ts';

/** The status event of an execution that has ended, on its way. */
export interface StatusEvent {
  readonly execution: Execution;
  /** How often it may still come. */
  left: number;
}

/** Something that people, a schedule or time may do, once, at any moment at which it is possible. */
interface Happening {
  readonly label: string;
  readonly isPossible: () => boolean;
  readonly happen: () => void;
}

/** Who carries calls out in a world, and is told of what befalls it. */
export interface Observers {
  /** @throws AwsError */
  execute(world: World, actor: Actor, command: object): unknown;
  onWrite(world: World, write: Write): void;
  onAnswer(world: World, answer: Answer): void;
  /** An execution was started: its machine is to run. */
  onStart(world: World, execution: Execution): void;
}

/** What all runs of a scenario share. */
export interface Settings {
  readonly bounds: Bounds;
  readonly code: Code;
}

/** Lets code come to its next calls, and what escapes from it be caught. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** One run of a scenario: the services, and everybody's calls, which a schedule releases one by one. */
export class World {
  readonly bounds: Bounds;
  readonly db: Dynamo;
  /** Of S3, by their keys. */
  readonly objects = new Map<string, string>();
  readonly stepFunctions: StepFunctions;
  readonly actors: Actor[] = [];
  readonly events: StatusEvent[] = [];
  readonly happenings: Happening[] = [];
  readonly messages: { readonly executionArn: string; readonly by: string }[] = [];
  /** Executions, in the metrics. */
  counted = 0;
  readonly answers: Answer[] = [];
  /** Tasks that a person removed, and all that were deleted, as they were then, by their keys. */
  readonly removedByPerson = new Map<string, Item>();
  readonly deletedTasks = new Map<string, Item>();
  /** Rules that were broken; the run goes on, so that one does not hide another. */
  readonly broken: Record<string, string> = {};
  /** What happened, when it is to be told. */
  trace: string[] | undefined;
  /** What is left of the bounds. */
  readonly left: { faults: number; opens: number; torn: number; lags: number; stales: number };
  /** Whose call was released last, and whose write is looked at. */
  last: Actor | undefined;
  writer: Actor | undefined;
  /** Somebody who settles or tells people died, or a fault hit a call that does: then there may be two messages. */
  isTellingDisturbed = false;
  /** Writes and executions when the rules of every step were looked at last. */
  checkedChanges = -1;
  /** From the end of the schedule on, no events are sent and nothing fails. */
  isQuiet = false;
  /** When the schedule ended. */
  endedAt = 0;
  /** Whether the AI refuses an action for good. */
  isRefused: (executionName: string, position: number) => boolean = () => false;
  readonly #settings: Settings;
  readonly #observers: Observers;
  /** Set when the run is over: what still goes on belongs to no run. */
  isOver = false;

  constructor(settings: Settings, observers: Observers) {
    const { bounds } = settings;
    this.bounds = bounds;
    this.left = pickBudgets(bounds);
    this.#settings = settings;
    this.#observers = observers;
    clock.now = BEGINNING;
    this.db = new Dynamo(bounds.lags > 0, (write) => observers.onWrite(this, write));
    this.stepFunctions = new StepFunctions(
      (execution) => observers.onStart(this, execution),
      (execution) => this.#ended(execution),
    );
  }

  say(line: () => string): void {
    this.trace?.push(line());
  }

  breaks(rule: string, message: string): void {
    if (rule in this.broken) return;
    this.broken[rule] = message;
    this.say(() => `  !!! ${rule}: ${message}`);
  }

  /** @param id made unique by a number */
  #newActor(id: string, lambda: Lambda | 'state', executionArn: string | undefined): Actor {
    const count = 1 + this.actors.filter((actor) => actor.id.replace(/~.*/, '') === id).length;
    const actor = new Actor(count === 1 ? id : `${id}~${count}`, lambda, executionArn, (call) => this.#accept(call));
    this.actors.push(actor);
    return actor;
  }

  /** Runs the code of a Lambda as an actor of its own. @returns its result; what a dead one rejects with is its death */
  invoke(id: string, lambda: Lambda, event: unknown, executionArn?: string): Promise<unknown> {
    const handler = this.#settings.code.handlers.get(lambda);
    if (handler === undefined) throw new Error(`${lambda} is not loaded`);
    const actor = this.#newActor(id, lambda, executionArn);
    actor.deadline = clock.now + timeoutMs(lambda);
    this.#finish(actor, invocations.run(actor, handler, event));
    return actor.result.promise;
  }

  /** Sends a command as a state of an execution. */
  async send(id: string, command: object, executionArn: string): Promise<unknown> {
    const actor = this.#newActor(id, 'state', executionArn);
    try {
      return await actor.issue(command);
    } finally {
      actor.state = 'done';
    }
  }

  /** Lets everybody come to the calls that others may come before. */
  async settle(): Promise<void> {
    for (;;) {
      await turn();
      const busy = this.actors.find(({ atOnce }) => atOnce.length > 0);
      if (busy === undefined || this.isOver) return;
      for (let call = busy.atOnce.shift(); call !== undefined; call = busy.atOnce.shift()) {
        try {
          call.result.resolve(this.#observers.execute(this, busy, call.command));
        } catch (thrown) {
          call.result.reject(thrown);
        }
        await turn();
      }
    }
  }

  async #finish(actor: Actor, running: Promise<unknown>): Promise<void> {
    const [settled] = await Promise.allSettled([running]);
    if (actor.state !== 'live' || this.isOver) return;
    actor.state = 'done';
    const ended = endedOf(settled);
    const answer = { actor, ...ended };
    actor.history = hash(`${actor.history}|${ended.summary}`);
    this.answers.push(answer);
    this.say(() => `      ${actor.id} ends: ${ended.summary.slice(0, 150)}`);
    this.#observers.onAnswer(this, answer);
    if (settled.status === 'fulfilled') actor.result.resolve(settled.value);
    else actor.result.reject(settled.reason);
  }

  /** Takes a call of an actor: it waits, or is carried out at once where nothing could come in between that matters. */
  #accept(call: Call): void {
    const { actor, command } = call;
    if (command instanceof Pause && command.isLong) {
      // Somebody stops waiting for something: that happens at any moment, or, where waits are left out, never.
      if (this.bounds.waits && !this.isQuiet) actor.calls.push(call);
      return;
    }
    const isAtOnce =
      this.bounds.atomic.some((lambda) => lambda === actor.lambda) || (!this.bounds.everything && isStill(command));
    (isAtOnce ? actor.atOnce : actor.calls).push(call);
  }

  /** Ends an invocation in the middle; what lies open of it is carried out. */
  kill(actor: Actor): void {
    this.writer = actor;
    for (const { open } of actor.calls.splice(0)) {
      try {
        open?.commit();
      } catch {
        // A transaction that was cancelled; nobody is there to hear of it.
      }
    }
    if (actor.state !== 'live') return;
    actor.state = 'dead';
    if (TELLERS.has(actor.lambda)) this.isTellingDisturbed = true;
    actor.result.reject(INVOCATION_LOST);
  }

  /** Lets time pass; invocations whose time is over end. */
  pass(ms: number): void {
    clock.now += ms;
    for (const actor of this.actors) {
      if ((actor.state === 'live' || actor.calls.length > 0) && actor.deadline <= clock.now) this.kill(actor);
      for (const call of actor.calls.filter((each) => this.#isTooLate(each))) {
        actor.take(call);
        actor.remember(call, 'no answer in time');
        this.isTellingDisturbed = true;
        call.result.reject(CONNECTION_LOST);
      }
    }
  }

  /** Whether the client of a call has given it up; it was not carried out, and is not any more. */
  #isTooLate({ actor, command, issuedAt, open }: Call): boolean {
    if (actor.lambda === 'state' || command instanceof Pause || open !== undefined) return false;
    const { sns, others } = this.#settings.code.limitMs;
    return clock.now - issuedAt > (command instanceof PublishCommand ? sns : others);
  }

  #ended(execution: Execution): void {
    const { name, status, error } = execution;
    this.say(() => `      [Step Functions] ${name} ${status} ${error ?? ''}`);
    // The rule on the state machine does not match a success.
    if (this.bounds.events > 0 && !this.isQuiet && status !== 'SUCCEEDED') {
      this.events.push({ execution, left: this.bounds.events });
    }
  }

  /** A digest of all that the rest of a run depends on, but for whose turn it was. */
  digest(): string {
    const parts: unknown[] = [this.db.digest(), clock.now, this.isTellingDisturbed, this.counted];
    parts.push(...Object.values(this.left), ...this.db.held);
    for (const { executionArn, by } of this.messages) parts.push(executionArn, by);
    for (const { name, status, endedAt } of this.stepFunctions.executions.values()) parts.push(name, status, endedAt);
    for (const { left } of this.events) parts.push(left);
    for (const [key, body] of this.objects) parts.push(key, hash(body));
    for (const { label } of this.happenings) parts.push(label);
    for (const { id, isOrphan, state, history, issued, calls } of this.actors) {
      parts.push(id, isOrphan, state, history, issued);
      for (const { index, open, collisions } of calls)
        parts.push(index, open && (open.commitHalf ? 'o' : 'h'), collisions);
    }
    if (this.left.lags > 0) parts.push(hash(JSON.stringify(this.db.pastIndexes)));
    return parts.join(';');
  }
}

/** Lambdas that settle executions or tell people of them. */
const TELLERS: ReadonlySet<string> = new Set([
  'handle-error',
  'reconcile-executions',
  'get-status',
  'start-workflow',
  'retry-workflow',
]);

/** Calls that touch nothing that others do: they may come at any time, so it does not matter when they come. */
const isStill = (command: object) =>
  command instanceof Pause ||
  command instanceof PutMetricDataCommand ||
  command instanceof ConverseCommand ||
  // What a start counts bars nobody here.
  (command instanceof QueryCommand && (command.input.TableName === 'goals' || command.input.Select === 'COUNT'));

const pickBudgets = ({ faults, opens, torn, lags, stales }: Bounds) => ({ faults, opens, torn, lags, stales });
