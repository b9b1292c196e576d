import { QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { AwsError } from '../model/aws-errors.ts';
import { keysOf, type OpenTransaction } from '../model/dynamo.ts';
import { canonical, hash } from '../model/items.ts';
import { withoutPrefix } from '../model/step-functions.ts';
import type { Ended } from './answer.ts';
import type { Lambda } from './lambdas.ts';
import type { Outcome, Playback } from './recording.ts';

/** A call that waits to be released. */
export interface Call {
  readonly actor: Actor;
  /** Its place among the calls of its actor. */
  readonly index: number;
  readonly command: object;
  readonly issuedAt: number;
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
export class Actor {
  readonly id: string;
  readonly lambda: Lambda | 'state';
  /** Its execution, for a step of a state machine. */
  readonly executionArn: string | undefined;
  /** Its code; a state has none. */
  playback: Playback | undefined;
  readonly calls: Call[] = [];
  /** Calls that are carried out before anybody else comes. */
  readonly atOnce: Call[] = [];
  /** Answers that its code has not met yet; undefined when there is nothing for it to do. */
  news: Outcome[] | undefined;
  /** When Lambda ends it; milliseconds since the epoch. */
  deadline = Number.POSITIVE_INFINITY;
  state: 'live' | 'done' | 'dead' = 'live';
  /** Step Functions has given it up, but it goes on. */
  isOrphan = false;
  issued = 0;
  /** A digest of all answers that it got: with its code, they say where it is. */
  history = 0;
  /** What whoever waits for it gets: the first of these counts. */
  readonly result = Promise.withResolvers<unknown>();

  constructor(id: string, lambda: Lambda | 'state', executionArn: string | undefined) {
    this.id = id;
    this.lambda = lambda;
    this.executionArn = executionArn;
    this.result.promise.catch(() => undefined);
  }

  /** Whether its code, or a call that nobody else may come before, is to go on. */
  get isBusy(): boolean {
    return this.news !== undefined || this.atOnce.length > 0;
  }

  end(isGood: boolean, value: unknown): void {
    this.state = 'done';
    this.result[isGood ? 'resolve' : 'reject'](value);
  }

  /** Gives it the answer to a call. */
  hear(call: Call, answer: Pick<Outcome, 'isGood' | 'value' | 'text'>): void {
    this.news ??= [];
    this.news.push({ index: call.index, ...answer });
  }

  /** Notes an answer; the order of answers to calls that were under way together does not matter. */
  remember(call: Call, text: string): void {
    // Sums of two numbers below 2^52 are exact, so that they are the same in any order.
    this.history = (this.history + (hash(`${call.index}|${text}`) % 2 ** 52)) % 2 ** 52;
  }
}

/** What an invocation ended with. */
export interface Answer extends Ended {
  readonly actor: Actor;
}

/** The answer that a call got. */
export const good = (value: unknown) => ({ isGood: true, value, text: canonical(value) });

export function bad(thrown: unknown) {
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const codes = thrown instanceof AwsError ? (thrown.CancellationReasons ?? []).map(({ Code }) => Code) : [];
  return { isGood: false, value: thrown, text: `${name} ${codes} ${message}` };
}
