import type { QueryCommandInput, QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import { parse } from '@goal-activity/core/boundary.ts';
import { type Prices, priced } from '@goal-activity/core/cost.ts';
import { EXECUTION } from '@goal-activity/core/executions.ts';
import { percentageOf } from '@goal-activity/core/progress.ts';
import type { ExecutionRow } from '@goal-activity/core/types.ts';
import { executionRow } from '@goal-activity/core/validators.generated.js';
import type { Cursor, Filters } from './filters.ts';

export interface Collaborators {
  readonly table: string;
  query(input: QueryCommandInput): Promise<Pick<QueryCommandOutput, 'Items' | 'LastEvaluatedKey'>>;
  readonly prices: Prices;
}

/** Queries a page may take. Filters leave out rows that were read, so a page of a rare status is made of several. */
const QUERIES = 10;
/** Rows a query when some of them will be left out; of about 3 KB, far below the 1 MB that a query reads. */
const ROWS = 100;

/** One query of a page, newest execution first. */
export function listRequest(
  table: string,
  { userId, goalId, status, first, last, limit }: Filters,
  start: Record<string, unknown> | undefined,
): QueryCommandInput {
  const byGoal = goalId !== undefined;
  const isFiltered = byGoal || status !== undefined;
  const conditions = [byGoal ? 'userId = :userId' : [], status === undefined ? [] : '#status = :status'].flat();
  return {
    TableName: table,
    IndexName: byGoal ? 'byGoal' : 'byUser',
    KeyConditionExpression: `${byGoal ? 'goalId = :goalId' : 'userId = :userId'} AND startedAt BETWEEN :first AND :last`,
    ...(isFiltered ? { FilterExpression: conditions.join(' AND ') } : {}),
    ...(status === undefined ? {} : { ExpressionAttributeNames: { '#status': 'status' } }),
    ExpressionAttributeValues: {
      ':userId': userId,
      ':first': first,
      ':last': last,
      ...(byGoal ? { ':goalId': goalId } : {}),
      ...(status === undefined ? {} : { ':status': status }),
    },
    ScanIndexForward: false,
    Limit: isFiltered ? ROWS : limit,
    ...(start === undefined ? {} : { ExclusiveStartKey: start }),
  };
}

const encode = (key: object) => Buffer.from(JSON.stringify(key)).toString('base64url');

function cursorAfter({ executionArn, startedAt, userId, goalId }: ExecutionRow, byGoal: boolean): Cursor {
  return { executionArn, sk: EXECUTION, startedAt, ...(byGoal ? { goalId } : { userId }) };
}

/** An execution as the list shows it. One that runs shows its counts as of the last progress that was noted. */
function listed(row: ExecutionRow, prices: Prices) {
  const { usage = { aiCalls: 0, inputTokens: 0, outputTokens: 0 } } = row;
  return {
    executionArn: row.executionArn,
    goalId: row.goalId,
    status: row.status,
    startDate: row.startedAt,
    stopDate: row.stoppedAt ?? null,
    totalActions: row.totalActions,
    savedActions: row.savedActions ?? 0,
    failedActions: row.failedActions ?? 0,
    taskCount: row.taskCount ?? 0,
    progressPercentage: row.progressPercentage ?? percentageOf(row.processedActions, row.totalActions),
    estimatedSecondsRemaining: row.estimatedSecondsRemaining ?? 0,
    progressDate: row.progressAt ?? null,
    summary: row.summary ?? null,
    cost: priced(usage, prices),
  };
}

/**
 * A page of a user's executions, newest first (requirement 13). It ends early, with a cursor to go on, when the rows
 * read for it do not fill it. Of someone else's goal there is nothing to see (rule 5).
 */
export async function listWorkflows(filters: Filters, { table, query, prices }: Collaborators) {
  const { goalId, first, last, limit } = filters;
  const byGoal = goalId !== undefined;
  const rows: ExecutionRow[] = [];
  let start: Record<string, unknown> | undefined = filters.start;
  let nextCursor: string | null = null;
  // DynamoDB refuses a range that is none.
  for (let queries = 1; first <= last; queries += 1) {
    const { Items = [], LastEvaluatedKey } = await query(listRequest(table, filters, start));
    rows.push(...Items.map((item) => parse(executionRow, item, 'An execution row')));
    const [lastShown, firstLeft] = [rows[limit - 1], rows[limit]];
    if (lastShown !== undefined && (firstLeft !== undefined || LastEvaluatedKey !== undefined)) {
      nextCursor = encode(cursorAfter(lastShown, byGoal));
      break;
    }
    if (LastEvaluatedKey === undefined) break;
    if (queries === QUERIES) {
      nextCursor = encode(LastEvaluatedKey);
      break;
    }
    start = LastEvaluatedKey;
  }
  return { items: rows.slice(0, limit).map((row) => listed(row, prices)), nextCursor };
}
