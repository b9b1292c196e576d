import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { keysOf, type OpenTransaction } from '../model/dynamo.ts';
import { hash } from '../model/items.ts';
import { withoutPrefix } from '../model/step-functions.ts';
import type { Invocation } from '../stand-ins/invocation.ts';
import { clock } from '../stand-ins/time.ts';
import type { Lambda } from './lambdas.ts';

/** A call that waits to be released. */
export interface Call {
  readonly actor: Actor;
  /** Its place among the calls of its actor. */
  readonly index: number;
  readonly command: object;
  readonly issuedAt: number;
  /** What it does: see labelOf. */
  label?: string;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
  /** Set once it is a transaction that lies open. */
  open?: OpenTransaction;
  /** Attempts so far that met another transaction. */
  collisions: number;
}

/** What a call does, for people, and for telling it from others. */
export function labelOf(call: Call): string {
  call.label ??= describe(call.command);
  return call.label;
}

function describe(command: object): string {
  const name = command.constructor.name.replace('Command', '');
  const input: object = Object(Reflect.get(command, 'input'));
  const { TableName, Key, IndexName, ExpressionAttributeValues: values = {} } = fieldsOf(input);
  if (command instanceof TransactWriteCommand) {
    return `Transact[${keysOf(command.input)
      .map((key) => withoutPrefix(key.replace(/^\w+\|/, '').replace('|', '/')))
      .join(' ')}]`;
  }
  if (TableName === undefined) {
    const { name: execution = '', executionArn = '' } = fieldsOf(input);
    const object = typeof Key === 'string' ? Key : '';
    return withoutPrefix(`${name} ${execution}${executionArn}${object}`).trim();
  }
  const place =
    Key === undefined ? (IndexName ?? Object.values(Object(values)).join('/')) : Object.values(Object(Key)).join('/');
  return withoutPrefix(`${name} ${TableName} ${place}`);
}

const fieldsOf = (input: object): Readonly<Record<string, unknown>> => ({ ...input });

/** Somebody whose calls are interleaved with those of others: an invocation of a Lambda, or a state that calls SNS itself. */
export class Actor implements Invocation {
  readonly id: string;
  readonly lambda: Lambda | 'state';
  /** Its execution, for a step of a state machine. */
  readonly executionArn: string | undefined;
  readonly startedAt = clock.now;
  readonly memory = new Map<unknown, unknown>();
  readonly calls: Call[] = [];
  /** When Lambda ends it; milliseconds since the epoch. */
  deadline = Number.POSITIVE_INFINITY;
  state: 'live' | 'done' | 'dead' = 'live';
  /** Step Functions has given it up, but it goes on. */
  isOrphan = false;
  issued = 0;
  /** A digest of all answers that it got: with its code, they say where it is. */
  history = 0;
  /** Ends it for whoever waits for its result. */
  giveUp: (error: Error) => void = () => undefined;
  #ids = 0;
  readonly #onCall: (call: Call) => void;

  constructor(id: string, lambda: Lambda | 'state', executionArn: string | undefined, onCall: (call: Call) => void) {
    this.id = id;
    this.lambda = lambda;
    this.executionArn = executionArn;
    this.#onCall = onCall;
  }

  issue(command: object): Promise<unknown> {
    if (this.state === 'dead') return new Promise(() => undefined);
    return new Promise((resolve, reject) => {
      const index = this.issued;
      this.issued += 1;
      this.#onCall({ actor: this, index, command, issuedAt: clock.now, resolve, reject, collisions: 0 });
    });
  }

  newId(): string {
    this.#ids += 1;
    return `${this.id}-${this.#ids}`;
  }

  /** Notes an answer; the order of answers to calls that were under way together does not matter. */
  remember(call: Call, answer: string): void {
    this.history = (this.history + hash(`${call.index}|${labelOf(call)}|${answer}`)) % 0x1fffffffffffff;
  }
}
