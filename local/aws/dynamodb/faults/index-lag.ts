import type { TableDescription } from '../../../terraform/stack-description.ts';
import { type Answer, exceptionAnswer, jsonAnswer } from './answers.ts';
import { UnknownToIndexLag } from './conditions.ts';
import { answerIndexQuery, type IndexQuery, isIndexed, partitionRequest, readIndexQuery } from './lagged-query.ts';
import { type Fields, fieldsOf, idOf, listOf, type TouchedItem } from './request.ts';

/** Sends a request to the engine. @throws Error when it refuses it */
export type Ask = (operation: string, body: Fields) => Promise<Fields>;

/** A write that indexes do not show yet. */
interface UnseenWrite {
  readonly table: TableDescription;
  /** What indexes show of the item until then; undefined for nothing. */
  readonly before: Fields | undefined;
  /** Of `now()`; infinite while the write is under way. */
  seenAt: number;
}

export interface IndexLagOptions {
  /** How long the next write is not to be seen. */
  readonly lagMs: () => number;
  /** Milliseconds, of any epoch. */
  readonly now: () => number;
}

/** More items than these are read again rather than remembered. */
const REMEMBERED = 20_000;

/**
 * Global secondary indexes that are behind their tables. What a write replaced is read first, and shown by queries on
 * an index until its time is over: what was inserted is not there yet, what left the index still is. The writes of an item are
 * seen in their order.
 */
export class IndexLag {
  readonly #options: IndexLagOptions;
  readonly #unseen = new Map<string, UnseenWrite[]>();
  /** Items that are known to be in no index, so that most writes cost no read. */
  readonly #unindexed = new Set<string>();

  constructor(options: IndexLagOptions) {
    this.#options = options;
  }

  /** Carries a write out. */
  async write(items: readonly TouchedItem[], ask: Ask, carryOut: () => Promise<Answer>): Promise<Answer> {
    const written = items.filter((item) => this.#mayConcernIndex(item));
    if (written.length === 0) return carryOut();
    const unseen = this.#note(written, await readBefore(written, ask));
    const forget = () => {
      for (const [id, write] of unseen) this.#drop(id, (each) => each === write);
    };
    try {
      const answer = await carryOut();
      if (answer.status === 200) {
        const seenAt = this.#options.now() + this.#options.lagMs();
        for (const [, write] of unseen) write.seenAt = seenAt;
      } else forget();
      return answer;
    } catch (error) {
      forget();
      throw error;
    }
  }

  /** Answers a Query on an index as it was; what the engine answers is right when no unseen write concerns it. */
  async query(
    operation: string,
    table: TableDescription,
    request: Fields,
    ask: Ask,
    carryOut: () => Promise<Answer>,
  ): Promise<Answer> {
    const index = table.globalSecondaryIndexes.find(({ name }) => name === request.IndexName);
    if (index === undefined) return carryOut();
    try {
      if (operation !== 'Query') throw new UnknownToIndexLag(`does not know ${operation}`);
      const query = readIndexQuery(table, index, request);
      const answer = await carryOut();
      if (answer.status !== 200 || !concerns(query, this.#olderRows(table), answer)) return answer;
      const rows = await readPartition(query, ask);
      // Asked after the read: a write that ended meanwhile must not show.
      const older = this.#olderRows(table);
      const kept = rows.filter((row) => !older.has(idOf(table, row)));
      const replaced = [...older.values()].filter((row) => row !== undefined && isInPartition(query, row));
      return jsonAnswer(200, answerIndexQuery(query, [...kept, ...replaced.map(fieldsOf)]));
    } catch (error) {
      if (!(error instanceof UnknownToIndexLag)) throw error;
      return exceptionAnswer('ValidationException', `The local stack's lag of indexes ${error.message}`);
    }
  }

  /** What is no write of an indexed table, or is known to be in no index before and after it, needs no read. */
  #mayConcernIndex(item: TouchedItem): boolean {
    const { table, id, action, request } = item;
    if (action === 'ConditionCheck' || table.globalSecondaryIndexes.length === 0) return false;
    // A row without an index's key is taken for one that never had it, unless it was seen with it just now.
    if (action !== 'Put') return !this.#unindexed.has(id) || setsIndexKey(item);
    if (isInAnyIndex(table, fieldsOf(request.Item)) || this.#unseen.has(id)) return true;
    this.#rememberUnindexed(id);
    return false;
  }

  #rememberUnindexed(id: string): void {
    if (this.#unindexed.size >= REMEMBERED) this.#unindexed.clear();
    this.#unindexed.add(id);
  }

  /** Notes the writes that change what an index shows. */
  #note(items: readonly TouchedItem[], before: ReadonlyMap<string, Fields>): (readonly [string, UnseenWrite])[] {
    return items.flatMap((item) => {
      const { table, id, action } = item;
      const old = before.get(id);
      if (action !== 'Put' && !isInAnyIndex(table, fieldsOf(old)) && !setsIndexKey(item)) {
        this.#rememberUnindexed(id);
        return [];
      }
      this.#unindexed.delete(id);
      const write: UnseenWrite = { table, before: old, seenAt: Number.POSITIVE_INFINITY };
      this.#unseen.set(id, [...(this.#unseen.get(id) ?? []), write]);
      return [[id, write] as const];
    });
  }

  #drop(id: string, isOver: (write: UnseenWrite) => boolean): void {
    const left = (this.#unseen.get(id) ?? []).filter((write) => !isOver(write));
    if (left.length === 0) this.#unseen.delete(id);
    else this.#unseen.set(id, left);
  }

  /** What indexes show of each item of a table that has an unseen write: what was there before the first of these. */
  #olderRows(table: TableDescription): Map<string, Fields | undefined> {
    const now = this.#options.now();
    const older = new Map<string, Fields | undefined>();
    for (const id of [...this.#unseen.keys()]) {
      this.#drop(id, ({ seenAt }) => seenAt <= now);
      const first = this.#unseen.get(id)?.[0];
      if (first?.table === table) older.set(id, first.before);
    }
    return older;
  }
}

const isInAnyIndex = (table: TableDescription, item: Fields): boolean =>
  table.globalSecondaryIndexes.some((index) => isIndexed(index, item));

/** Does an update write the key of an index? It may then put an item there that was not. */
function setsIndexKey({ table, request }: TouchedItem): boolean {
  const names = fieldsOf(request.ExpressionAttributeNames);
  const words = String(request.UpdateExpression ?? '').split(/[^#\w]+/);
  const written = new Set(words.map((word) => String(names[word] ?? word)));
  return table.globalSecondaryIndexes.some(
    ({ hashKey, rangeKey }) => written.has(hashKey) || (rangeKey !== undefined && written.has(rangeKey)),
  );
}

/** The items as they are, by id. */
async function readBefore(items: readonly TouchedItem[], ask: Ask): Promise<Map<string, Fields>> {
  const tables = new Map(items.map(({ table }) => [table.name, table]));
  const found = new Map<string, Fields>();
  let requests: Fields = Object.fromEntries(
    [...tables].map(([name, table]) => {
      const keys = items.filter((item) => item.table === table).map(({ key }) => key);
      return [name, { ConsistentRead: true, Keys: keys }];
    }),
  );
  while (Object.keys(requests).length > 0) {
    const { Responses, UnprocessedKeys } = await ask('BatchGetItem', { RequestItems: requests });
    for (const [name, table] of tables) {
      for (const item of listOf(fieldsOf(Responses)[name]).map(fieldsOf)) found.set(idOf(table, item), item);
    }
    requests = fieldsOf(UnprocessedKeys);
  }
  return found;
}

const isInPartition = ({ index, hashValue }: IndexQuery, row: Fields): boolean =>
  isIndexed(index, row) && JSON.stringify(row[index.hashKey]) === JSON.stringify(hashValue);

/** Does an unseen write concern a query: by what was there, or by what the engine shows? */
function concerns(query: IndexQuery, older: ReadonlyMap<string, Fields | undefined>, answer: Answer): boolean {
  if (older.size === 0) return false;
  if ([...older.values()].some((row) => row !== undefined && isInPartition(query, row))) return true;
  const { Items } = fieldsOf(JSON.parse(String(answer.body)));
  return listOf(Items).some((item) => older.has(idOf(query.table, fieldsOf(item))));
}

async function readPartition(query: IndexQuery, ask: Ask): Promise<Fields[]> {
  const rows: Fields[] = [];
  let start: unknown;
  do {
    const { Items, LastEvaluatedKey } = await ask('Query', partitionRequest(query, start));
    rows.push(...listOf(Items).map(fieldsOf));
    start = LastEvaluatedKey;
  } while (start !== undefined);
  return rows;
}
