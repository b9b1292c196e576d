import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { bestEffort } from '../aws/best-effort.ts';
import { parse, type Validator } from '../aws/boundary.ts';
import { type Database, updateIf } from '../aws/database.ts';
import { updateOf } from '../aws/update.ts';
import type { Log } from '../log/logger.ts';
import * as validators from '../validators.generated.js';
import { median, type Pace, type Taken } from './pace.ts';

/** What is usual is the median of so many executions that ended last; half of them must change before it does. */
const LAST = 100;
/** Of fewer, nothing is usual yet. */
const FEWEST = 20;
/** How old the row may be that a process judges by. */
const REMEMBERED_MS = 60_000;
/** How long a reader waits for the row, once in that time; milliseconds. */
const READ_LIMIT_MS = 500;

/**
 * A row that no reader of executions asks for: its partition is no ARN, it is in no index, and it does not expire. Each end
 * writes two to four units, and a partition takes 1,000 a second: more ends than the indexes of the table take.
 */
const KEY = { executionArn: 'pace', sk: 'RECENT' };

/** Reads what is needed of the row; undefined where there is none, or where it cannot be read. */
async function readRow<Row>(db: Database, log: Pick<Log, 'warn'>, isRow: Validator<Row>): Promise<Row | undefined> {
  let row: Row | undefined;
  const look = async () => {
    const { Item } = await db.client.send(new GetCommand({ TableName: db.executions, Key: KEY }));
    if (Item !== undefined) row = parse(isRow, Item, 'The row of the pace');
  };
  await bestEffort(log, 'the usual pace is not known', {}, look, READ_LIMIT_MS);
  return row;
}

const medianOf = (list: readonly number[]) => Math.round(median(list.slice(-LAST)));

/** What executions took of late, each by the median; undefined while none has saved an action, and where it cannot be read. */
export async function readRecentlyTaken(db: Database, log: Pick<Log, 'warn'>) {
  const { runs = [] } = (await readRow(db, log, validators.takenRow)) ?? {};
  if (runs.length === 0) return undefined;
  const of = (place: number) => medianOf(runs.map((run) => run[place] ?? 0));
  return { waveMs: of(0), inputTokens: of(1), outputTokens: of(2) };
}

/**
 * Keeps what the last executions of a stage took, in one row. It is a statistic, and nothing depends on it: an execution that
 * is lost or comes twice changes a median of 100 little. Each end adds its numbers to lists in one write, whose answer is the
 * lists, so that ends at the same moment lose nothing; at twice the length that is looked at, the older half is taken out.
 */
export function createRecentPace(db: Database, log: Pick<Log, 'warn'>, now: () => number = Date.now): Pace {
  const row = { TableName: db.executions, Key: KEY };
  let known: { readonly at: number; readonly recent: Promise<readonly number[]> } | undefined;

  async function append({ actionMs, waveMs, inputTokens, outputTokens }: Taken): Promise<void> {
    const longer = (list: string) => `${list} = list_append(if_not_exists(${list}, :none), :${list})`;
    const command = new UpdateCommand({
      ...row,
      UpdateExpression: `SET ${longer('recent')}, ${longer('runs')}`,
      ExpressionAttributeValues: {
        ':none': [],
        ':recent': [actionMs],
        ':runs': [[waveMs, inputTokens, outputTokens]],
      },
      ReturnValues: 'ALL_NEW',
    });
    const { Attributes } = await db.client.send(command);
    const { recent } = parse(validators.paceRow, Attributes, 'The row of the pace');
    known = { at: now(), recent: Promise.resolve(recent) };
    const { length } = recent;
    if (length < 2 * LAST) return;
    const runs: unknown = Attributes?.runs;
    // Refused when others have added to it meanwhile: then the next one does it.
    const set = { recent: recent.slice(-LAST), ...(Array.isArray(runs) ? { runs: runs.slice(-LAST) } : {}) };
    await updateIf(db, updateOf({ ...row, set, condition: 'size(#recent) = :length', values: { length } }));
  }

  return {
    async usualActionMs() {
      const at = now();
      if (known === undefined || at - known.at >= REMEMBERED_MS) {
        known = { at, recent: readRow(db, log, validators.paceRow).then((row) => row?.recent ?? []) };
      }
      const recent = await known.recent;
      return recent.length < FEWEST ? undefined : medianOf(recent);
    },
    async note(taken) {
      if (taken === undefined) return;
      await bestEffort(log, 'the pace could not be noted', {}, () => append(taken));
    },
  };
}
