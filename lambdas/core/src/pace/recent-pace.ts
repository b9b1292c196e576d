import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { FromSchema } from 'json-schema-to-ts';
import { bestEffort } from '../aws/best-effort.ts';
import { parse } from '../aws/boundary.ts';
import { type Database, updateIf } from '../aws/database.ts';
import { updateOf } from '../aws/update.ts';
import type { Log } from '../log/logger.ts';
import type { paceRowSchema } from '../schema.ts';
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

/** The lists of the row, each with what it holds of an execution; all but the first are missing in rows from before they were kept. */
const LISTS = [
  ['recent', 'actionMs'],
  ['recentWaveMs', 'waveMs'],
  ['recentInputTokens', 'inputTokens'],
  ['recentOutputTokens', 'outputTokens'],
] as const satisfies readonly (readonly [keyof Recent, keyof Taken])[];

type Recent = FromSchema<typeof paceRowSchema>;

const recentIn = (row: unknown) => parse(validators.paceRow, row, 'The row of the pace');

/**
 * Keeps what the last executions of a stage took, in one row. It is a statistic, and nothing depends on it: an execution that
 * is lost or comes twice changes a median of 100 little. Each end adds its numbers to lists in one write, whose answer is the
 * lists, so that ends at the same moment lose nothing; at twice the length that is looked at, the older half is taken out.
 */
export function createRecentPace(db: Database, log: Pick<Log, 'warn'>, now: () => number = Date.now): Pace {
  const row = { TableName: db.executions, Key: KEY };
  let known: { readonly at: number; readonly recent: Promise<Recent> } | undefined;

  async function read(): Promise<Recent> {
    let recent: Recent = { recent: [] };
    const look = async () => {
      const { Item } = await db.client.send(new GetCommand(row));
      if (Item !== undefined) recent = recentIn(Item);
    };
    await bestEffort(log, 'the usual pace is not known', {}, look, READ_LIMIT_MS);
    return recent;
  }

  function remembered(): Promise<Recent> {
    const at = now();
    if (known === undefined || at - known.at >= REMEMBERED_MS) known = { at, recent: read() };
    return known.recent;
  }

  async function append(taken: Taken): Promise<void> {
    const longer = LISTS.map(([list]) => `${list} = list_append(if_not_exists(${list}, :none), :${list})`);
    const command = new UpdateCommand({
      ...row,
      UpdateExpression: `SET ${longer.join(', ')}`,
      ExpressionAttributeValues: {
        ':none': [],
        ...Object.fromEntries(LISTS.map(([list, of]) => [`:${list}`, [taken[of]]])),
      },
      ReturnValues: 'ALL_NEW',
    });
    const { Attributes } = await db.client.send(command);
    const recent = recentIn(Attributes);
    known = { at: now(), recent: Promise.resolve(recent) };
    const { length } = recent.recent;
    if (length < 2 * LAST) return;
    // Refused when others have added to it meanwhile: then the next one does it.
    const set = Object.fromEntries(LISTS.map(([list]) => [list, recent[list]?.slice(-LAST)]));
    await updateIf(db, updateOf({ ...row, set, condition: 'size(#recent) = :length', values: { length } }));
  }

  const medianOf = (list: readonly number[]) => Math.round(median(list.slice(-LAST)));

  return {
    async usualActionMs() {
      const { recent } = await remembered();
      return recent.length < FEWEST ? undefined : medianOf(recent);
    },
    async recentlyTaken() {
      const { recentWaveMs = [], recentInputTokens = [], recentOutputTokens = [] } = await remembered();
      if (recentWaveMs.length === 0) return undefined;
      const inputTokens = medianOf(recentInputTokens);
      return { waveMs: medianOf(recentWaveMs), inputTokens, outputTokens: medianOf(recentOutputTokens) };
    },
    async note(taken) {
      if (taken === undefined) return;
      await bestEffort(log, 'the pace could not be noted', {}, () => append(taken));
    },
  };
}
