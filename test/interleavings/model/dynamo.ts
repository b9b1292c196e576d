import {
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { CONDITION_FAILED, CONFLICT, cancelled } from './aws-errors.ts';
import { isMet, updated } from './expressions.ts';
import { digestOf, type Item } from './items.ts';

/** The partition keys of the tables that are modelled. */
const PARTITIONS: Readonly<Record<string, string>> = { goals: 'goalId', tasks: 'goalId', executions: 'executionArn' };

/** Where an item is: `table|partition|sort`. */
export function keyOf(table = '', item: Item = {}): string {
  const partition = PARTITIONS[table];
  if (partition === undefined) throw new Error(`the model does not know the table ${table}`);
  return `${table}|${item[partition]}|${item.sk}`;
}

export interface Write {
  readonly key: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

type TransactItem = Omit<NonNullable<TransactWriteCommandInput['TransactItems']>[number], 'Update'> & {
  readonly Update?: UpdateCommandInput | undefined;
};

function keyOfPart({ Put, Update, Delete, ConditionCheck }: TransactItem): string {
  if (Put) return keyOf(Put.TableName, Put.Item);
  const { TableName, Key } = Update ?? Delete ?? ConditionCheck ?? {};
  return keyOf(TableName, Key);
}

/** What the keys of a transaction are, for its name in a trace. */
export const keysOf = ({ TransactItems = [] }: TransactWriteCommandInput) => TransactItems.map(keyOfPart);

/** One item of a write. */
interface Part {
  readonly key: string;
  readonly isGood: boolean;
  write(): void;
}

/**
 * A transaction between its two phases: it holds its items until it commits. One that will be cancelled holds those whose
 * conditions were met. (Two-phase commit: "Amazon DynamoDB Distributed Transactions at Scale", USENIX ATC 2023.)
 */
export interface OpenTransaction {
  /** @throws AwsError when it is cancelled */
  commit(): void;
  /** Writes the first items, or all but these, and goes on holding the others: queries are read-committed. Once. */
  commitHalf: ((count: number, isPrefix: boolean) => void) | undefined;
}

/** As the client of the Lambdas writes it. */
const withoutUndefined = (item: Item = {}): Item =>
  Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));

/** A model of DynamoDB, made from its documentation alone, and of no code of the local stack. */
export class Dynamo {
  readonly items = new Map<string, Item>();
  /** Items that open transactions hold. */
  readonly held = new Set<string>();
  /** The sparse index of executions as it was before its last changes, the newest first. */
  readonly pastIndexes: Item[][] = [];
  /** How many there were. */
  writes = 0;
  readonly #keepsPast: boolean;
  readonly #onWrite: (write: Write) => void;

  /** @param keepsPast whether queries of an index may be behind */
  constructor(keepsPast: boolean, onWrite: (write: Write) => void) {
    this.#keepsPast = keepsPast;
    this.#onWrite = onWrite;
  }

  /** The same for equal contents, in whatever order they were written. */
  digest(): number {
    let sum = 0;
    for (const [key, item] of this.items) sum = (sum + digestOf(key, item)) % 2 ** 52;
    return sum;
  }

  /** Writes an item, or deletes it. */
  put(key: string, item: Item | undefined): void {
    const before = this.items.get(key);
    if (item === undefined && before === undefined) return;
    if (this.#keepsPast && (before?.runningShard ?? item?.runningShard) !== undefined) {
      this.pastIndexes.unshift(this.index());
      this.pastIndexes.length = Math.min(this.pastIndexes.length, 2);
    }
    if (item === undefined) this.items.delete(key);
    else this.items.set(key, item);
    // From now on, answers that hold it are told by its digest.
    if (item !== undefined) digestOf(key, item);
    this.writes += 1;
    this.#onWrite({ key, before, after: item });
  }

  /** The sparse index of executions. */
  index(): Item[] {
    return [...this.items.values()].filter(({ runningShard }) => runningShard !== undefined);
  }

  /**
   * Carries out a command.
   * @param lag changes that an index is behind
   * @throws AwsError
   */
  run(command: object, lag = 0): unknown {
    if (command instanceof GetCommand) {
      const item = this.items.get(keyOf(command.input.TableName, command.input.Key));
      return item === undefined ? {} : { Item: item };
    }
    if (command instanceof QueryCommand) {
      const items = this.#query(command.input, lag);
      return command.input.Select === 'COUNT' ? { Count: items.length } : { Items: items };
    }
    if (command instanceof UpdateCommand) {
      const part = this.#part({ Update: command.input });
      if (this.held.has(part.key)) throw CONFLICT;
      if (!part.isGood) throw CONDITION_FAILED;
      part.write();
      return {};
    }
    if (command instanceof TransactWriteCommand) {
      this.begin(command.input).commit();
      return {};
    }
    throw new Error(`the model of DynamoDB does not know ${command.constructor.name}`);
  }

  #query(input: QueryCommandInput, lag: number): Item[] {
    if (input.FilterExpression !== undefined) throw new Error('the model knows no filters');
    const ofTable = input.IndexName === undefined || input.TableName === 'goals';
    const rows = ofTable
      ? [...this.items].flatMap(([key, item]) => (key.startsWith(`${input.TableName}|`) ? [item] : []))
      : (this.pastIndexes[lag - 1] ?? this.index());
    const sort = ofTable ? 'sk' : 'startedAt';
    return rows
      .filter((item) => isMet(item, input))
      .sort((a, b) => (String(a[sort]) < String(b[sort]) ? -1 : 1))
      .slice(0, input.Limit);
  }

  #part(part: TransactItem): Part {
    const { Put, Update, Delete, ConditionCheck } = part;
    const key = keyOfPart(part);
    const itemNow = () => this.items.get(key) ?? {};
    const write = () => {
      if (ConditionCheck) return;
      this.put(key, Delete ? undefined : withoutUndefined(Update ? updated(Update, itemNow()) : Put?.Item));
    };
    return { key, isGood: isMet(itemNow(), Put ?? Update ?? Delete ?? ConditionCheck ?? {}), write };
  }

  /**
   * The first phase of a transaction.
   * @throws AwsError when another one holds one of its items
   */
  begin({ TransactItems = [] }: TransactWriteCommandInput): OpenTransaction {
    const parts = TransactItems.map((item) => this.#part(item));
    if (new Set(parts.map(({ key }) => key)).size !== parts.length) throw new Error('an item comes twice');
    if (parts.length > 100) throw new Error('a transaction has at most 100 items');
    const codes = parts.map(({ key, isGood }) =>
      this.held.has(key) ? 'TransactionConflict' : isGood ? 'None' : 'ConditionalCheckFailed',
    );
    if (codes.includes('TransactionConflict')) throw cancelled(codes);
    const isBad = codes.includes('ConditionalCheckFailed');
    const holding = new Set(parts.filter(({ isGood }) => isGood).map(({ key }) => key));
    for (const key of holding) this.held.add(key);
    let left = parts;
    const write = (some: readonly Part[]) => {
      for (const { key, write } of some) {
        this.held.delete(key);
        holding.delete(key);
        write();
      }
    };
    return {
      commit: () => {
        if (!isBad) return write(left);
        for (const key of holding) this.held.delete(key);
        throw cancelled(codes);
      },
      commitHalf: isBad
        ? undefined
        : (count, isPrefix) => {
            const [head, tail] = [left.slice(0, count), left.slice(count)];
            left = isPrefix ? tail : head;
            write(isPrefix ? head : tail);
          },
    };
  }
}
