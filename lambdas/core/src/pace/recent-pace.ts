import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { bestEffort } from '../aws/best-effort.ts';
import { parse } from '../aws/boundary.ts';
import { type Database, updateIf } from '../aws/database.ts';
import { updateOf } from '../aws/update.ts';
import type { Log } from '../log/logger.ts';
import * as validators from '../validators.generated.js';
import { median, type Pace } from './pace.ts';

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
 * writes one or two units, and a partition takes 1,000 a second: more ends than the indexes of the table take.
 */
const KEY = { executionArn: 'pace', sk: 'RECENT' };

const recentIn = (row: unknown) => parse(validators.paceRow, row, 'The row of the pace').recent;

/**
 * Keeps how long the actions of the last executions of a stage took, in one row. It is a statistic, and nothing depends on
 * it: a time that is lost or comes twice changes a median of 100 little. Each end adds its time to a list in one write,
 * whose answer is the list, so that ends at the same moment lose nothing; at twice the length that is looked at, the older
 * half is taken out.
 */
export function createRecentPace(db: Database, log: Pick<Log, 'warn'>, now: () => number = Date.now): Pace {
  const row = { TableName: db.executions, Key: KEY };
  let known: { readonly at: number; readonly recent: Promise<readonly number[]> } | undefined;

  async function read(): Promise<readonly number[]> {
    let recent: readonly number[] = [];
    const look = async () => {
      const { Item } = await db.client.send(new GetCommand(row));
      if (Item !== undefined) recent = recentIn(Item);
    };
    await bestEffort(log, 'the usual pace is not known', {}, look, READ_LIMIT_MS);
    return recent;
  }

  async function append(actionMs: number): Promise<void> {
    const command = new UpdateCommand({
      ...row,
      UpdateExpression: 'SET recent = list_append(if_not_exists(recent, :none), :one)',
      ExpressionAttributeValues: { ':none': [], ':one': [actionMs] },
      ReturnValues: 'ALL_NEW',
    });
    const { Attributes } = await db.client.send(command);
    const recent = recentIn(Attributes);
    known = { at: now(), recent: Promise.resolve(recent) };
    if (recent.length < 2 * LAST) return;
    // Refused when others have added to it meanwhile: then the next one does it.
    const set = { recent: recent.slice(-LAST) };
    await updateIf(
      db,
      updateOf({ ...row, set, condition: 'size(#recent) = :length', values: { length: recent.length } }),
    );
  }

  return {
    async usualActionMs() {
      const at = now();
      if (known === undefined || at - known.at >= REMEMBERED_MS) known = { at, recent: read() };
      const recent = (await known.recent).slice(-LAST);
      return recent.length < FEWEST ? undefined : Math.round(median(recent));
    },
    async note(actionMs) {
      if (actionMs === undefined) return;
      await bestEffort(log, 'the pace could not be noted', {}, () => append(actionMs));
    },
  };
}
