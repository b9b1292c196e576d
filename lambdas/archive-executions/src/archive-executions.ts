import { parse } from '@goal-activity/core/aws/boundary.ts';
import { canonicalJson } from '@goal-activity/core/canonical-json.ts';
import { TransientError } from '@goal-activity/core/errors.ts';
import { leaveIndex } from '@goal-activity/core/execution/due.ts';
import type { ExecutionRows, Row } from '@goal-activity/core/execution/records.ts';
import { isIn, UNARCHIVED } from '@goal-activity/core/execution/records.ts';
import { errorFields, type Log } from '@goal-activity/core/log/logger.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { archivableSchema, outputSchema } from './schema.ts';
import * as validators from './validators.generated.js';

type Archivable = FromSchema<typeof archivableSchema>;

export interface Collaborators {
  readonly executions: ExecutionRows;
  /** Writes an object unless there is one under this key. @returns false when there was one already */
  put(key: string, body: string): Promise<boolean>;
  /** Tells CloudWatch how long ago the execution ended that waits longest. */
  putAge(seconds: number): Promise<unknown>;
  /** Whether there is time for more: what is left is for the next run. */
  hasTime(): boolean;
  readonly log: Log;
}

/** Executions archived at once: a query, an upload and an update each. */
export const AT_ONCE = 10;

/** Where an execution is filed, so that it is found by goal and date (and by Athena, as partitions). */
export function archiveKey({ goalId, startedAt, name }: Archivable): string {
  return `executions/goalId=${goalId}/date=${startedAt.slice(0, 10)}/${name}.json`;
}

/**
 * What says nothing outside the table: the places of a row there, and who is at work on a record. The latter may change
 * once it is archived, as when a status read that began before the end says that it tries a repair. Tasks that were
 * replaced are a person's texts, kept for a cancel alone: nobody may cancel any more.
 */
const LEFT_OUT = new Set([
  'sk',
  'runningShard',
  'metricsBy',
  'notifyBy',
  'notifyClaimedAt',
  'repairTriedAt',
  'replaced',
]);

/** The archived object: the rows with all their other attributes; equal rows make equal bytes. */
export function archiveBody(execution: Row, outcomes: readonly Row[]): string {
  const content = (row: Row) => Object.fromEntries(Object.entries(row).filter(([name]) => !LEFT_OUT.has(name)));
  return `${canonicalJson({ execution: content(execution), outcomes: outcomes.map(content) })}\n`;
}

/** Seconds since an execution ended. */
function ageOf({ stoppedAt, startedAt }: Row, now: Date): number {
  const milliseconds = now.getTime() - Date.parse(String(stoppedAt ?? startedAt));
  return Number.isNaN(milliseconds) ? 0 : Math.max(0, Math.floor(milliseconds / 1000));
}

/** @returns false for a record that is not to be archived any more: the index was behind */
async function archive(executionArn: string, { executions, put, log }: Collaborators): Promise<boolean> {
  const { record, outcomes } = await executions.readRows(executionArn);
  if (record === undefined || !isIn(UNARCHIVED, record)) return false;
  const execution = parse<Archivable>(validators.archivable, record, 'The record');
  const written = await put(archiveKey(execution), archiveBody(record, outcomes));
  await leaveIndex(executions, executionArn);
  const { goalId } = execution;
  log.info(written ? 'execution archived' : 'execution was archived before', { executionArn, goalId });
  return true;
}

/**
 * Writes one object for each execution that has ended and is not archived yet. A run that is repeated finds its objects
 * there, and changes nothing. One failure does not stop the others.
 * @throws TransientError at the end, if any failed: Lambda invokes again, and the alarm on errors sees it
 */
export async function archiveExecutions(collaborators: Collaborators): Promise<FromSchema<typeof outputSchema>> {
  const { executions, putAge, hasTime, log } = collaborators;
  const failures: unknown[] = [];
  let archived = 0;
  let oldestSeconds = 0;
  const leave = (row: Row) => {
    oldestSeconds = Math.max(oldestSeconds, ageOf(row, executions.now()));
  };

  async function archiveOne(row: Row) {
    const executionArn = String(row.executionArn);
    try {
      if (await archive(executionArn, collaborators)) archived += 1;
    } catch (thrown) {
      failures.push(thrown);
      leave(row);
      log.error('execution could not be archived', { executionArn, ...errorFields(thrown) });
    }
  }

  let isOver = false;
  for await (const rows of executions.unarchivedPages()) {
    for (let start = 0; start < rows.length; start += AT_ONCE) {
      const batch = rows.slice(start, start + AT_ONCE);
      isOver = !hasTime();
      if (isOver) batch.forEach(leave);
      else await Promise.all(batch.map(archiveOne));
    }
    // The rows of later pages began later.
    if (isOver) break;
  }
  await putAge(oldestSeconds);
  if (failures.length > 0) {
    throw new TransientError(`${failures.length} of ${archived + failures.length} executions could not be archived`, {
      cause: failures[0],
    });
  }
  return { archived, oldestSeconds };
}
