import { QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { AwsError } from '../model/aws-errors.ts';
import { keysOf, type OpenTransaction } from '../model/dynamo.ts';
import { hash } from '../model/items.ts';
import { withoutPrefix } from '../model/step-functions.ts';
import { type Invocation, Pause } from '../stand-ins/invocation.ts';
import { clock } from '../stand-ins/time.ts';
import type { Ended } from './answer.ts';
import type { Lambda } from './lambdas.ts';

/** A call that waits to be released. */
export interface Call {
  readonly actor: Actor;
  /** Its place among the calls of its actor. */
  readonly index: number;
  readonly command: object;
  readonly issuedAt: number;
  /** What its actor waits for. */
  readonly result: PromiseWithResolvers<unknown>;
  /** Set once it is a transaction that lies open. */
  open?: OpenTransaction;
  /** Attempts so far that met another transaction. */
  collisions: number;
}

const SHOWN = ['TableName', 'IndexName', 'Key', 'name', 'executionArn'];

/** What a call does, for people. */
export function labelOf({ command }: Call): string {
  const what = command.constructor.name.replace('Command', '');
  if (command instanceof TransactWriteCommand) return withoutPrefix(`Transact ${keysOf(command.input).join(' ')}`);
  const input: object = Object(Reflect.get(command, 'input'));
  const names = command instanceof QueryCommand ? [...SHOWN, 'ExpressionAttributeValues'] : SHOWN;
  const shown = names.flatMap((name): unknown[] => {
    const value: unknown = Reflect.get(input, name);
    return typeof value === 'object' ? Object.values(Object(value)) : [value];
  });
  return withoutPrefix([what, ...shown.filter((each) => each !== undefined)].join(' '));
}

/** Somebody whose calls are interleaved with those of others: an invocation of a Lambda, or a state that calls SNS itself. */
export class Actor implements Invocation {
  readonly id: string;
  readonly lambda: Lambda | 'state';
  /** Its execution, for a step of a state machine. */
  readonly executionArn: string | undefined;
  readonly calls: Call[] = [];
  /** Calls that are carried out before anybody else comes. */
  readonly atOnce: Call[] = [];
  /** When Lambda ends it; milliseconds since the epoch. */
  deadline = Number.POSITIVE_INFINITY;
  state: 'live' | 'done' | 'dead' = 'live';
  /** Step Functions has given it up, but it goes on. */
  isOrphan = false;
  issued = 0;
  readonly startedAt = clock.now;
  #ids = 0;
  /** A digest of all answers that it got: with its code, they say where it is. */
  history = 0;
  /** What whoever waits for it gets: the first of these counts. */
  readonly result = Promise.withResolvers<unknown>();
  readonly #accept: (call: Call) => void;

  /** @param accept gets its calls */
  constructor(id: string, lambda: Lambda | 'state', executionArn: string | undefined, accept: (call: Call) => void) {
    this.#accept = accept;
    this.id = id;
    this.lambda = lambda;
    this.executionArn = executionArn;
    this.result.promise.catch(() => undefined);
  }

  issue(command: object): Promise<unknown> {
    const result = Promise.withResolvers<unknown>();
    const call: Call = { actor: this, index: this.issued, command, issuedAt: clock.now, result, collisions: 0 };
    this.issued += 1;
    if (command instanceof Pause && command.isLong) command.signal?.addEventListener('abort', () => this.take(call));
    this.#accept(call);
    return result.promise;
  }

  newId(): string {
    this.#ids += 1;
    return `${this.id}-${this.#ids}`;
  }

  /** Takes a call away, so that nothing comes of it any more. */
  take(call: Call): void {
    const index = this.calls.indexOf(call);
    if (index >= 0) this.calls.splice(index, 1);
  }

  /** Notes an answer; the order of answers to calls that were under way together does not matter. */
  remember(call: Call, text: string): void {
    // Sums of two numbers below 2^52 are exact, so that they are the same in any order.
    this.history = (this.history + hash(`${call.index}|${text}`)) % 2 ** 52;
  }
}

/** What an invocation ended with. */
export interface Answer extends Ended {
  readonly actor: Actor;
}

/** What is remembered of a call that failed. */
export function textOf(thrown: unknown): string {
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const codes = thrown instanceof AwsError ? (thrown.CancellationReasons ?? []).map(({ Code }) => Code) : [];
  return `${name} ${codes} ${message}`;
}
