import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { parse } from '@goal-activity/core/aws/boundary.ts';
import type { Database } from '@goal-activity/core/aws/database.ts';
import { type Prices, priced } from '@goal-activity/core/execution/cost.ts';
import { percentageOf } from '@goal-activity/core/execution/progress.ts';
import { EXECUTION } from '@goal-activity/core/execution/records.ts';
import type { Cursors } from '@goal-activity/core/http/cursor.ts';
import { pick } from '@goal-activity/core/pick.ts';
import type { ExecutionRow } from '@goal-activity/core/types.ts';
import { executionRow } from '@goal-activity/core/validators.generated.js';
import type { FromSchema } from 'json-schema-to-ts';
import type { Filters } from './filters.ts';
import type { placeSchema } from './schema.ts';
import { place as isPlace } from './validators.generated.js';

type Place = FromSchema<typeof placeSchema>;

/** Queries a page may take. Filters leave out rows that were read, so a page of a rare status is made of several. */
const QUERIES = 10;
/** Rows a query when some of them will be left out; of about 3 KB, far below the 1 MB that a query reads. */
const ROWS = 100;

/** One query of a page, newest execution first. */
export function listRequest(
  table: string,
  { userId, goalId, status, first, last, limit }: Filters,
  start: Place | undefined,
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
    ...(start === undefined
      ? {}
      : { ExclusiveStartKey: { ...start, sk: EXECUTION, ...(byGoal ? { goalId } : { userId }) } }),
  };
}

const placeOf = (place: Place): Place => pick(place, 'executionArn', 'startedAt');

/** An execution as the list shows it. One that runs shows its counts as of the last progress that was noted. */
function listed(row: ExecutionRow, prices: Prices) {
  const { usage = { aiCalls: 0, inputTokens: 0, outputTokens: 0 } } = row;
  return {
    ...pick(row, 'executionArn', 'goalId', 'status'),
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
 * @throws Problem invalid_request for a cursor of another list
 */
export async function listWorkflows(db: Database, filters: Filters, prices: Prices, cursors: Cursors) {
  const { userId, goalId, status, first, last, limit, cursor } = filters;
  const scope = ['workflows', userId, goalId, status, first, last];
  const rows: ExecutionRow[] = [];
  let start = cursor === undefined ? undefined : await cursors.read(scope, cursor, isPlace);
  let nextCursor: string | null = null;
  // DynamoDB refuses a range that is none.
  for (let queries = 1; first <= last; queries += 1) {
    const { Items = [], LastEvaluatedKey } = await db.client.send(
      new QueryCommand(listRequest(db.executions, filters, start)),
    );
    rows.push(...Items.map((item) => parse(executionRow, item, 'An execution row')));
    const [lastShown, firstLeft] = [rows[limit - 1], rows[limit]];
    if (lastShown !== undefined && (firstLeft !== undefined || LastEvaluatedKey !== undefined)) {
      nextCursor = await cursors.write(scope, placeOf(lastShown));
      break;
    }
    if (LastEvaluatedKey === undefined) break;
    start = placeOf(parse(isPlace, LastEvaluatedKey, 'A key of the index'));
    if (queries === QUERIES) {
      nextCursor = await cursors.write(scope, start);
      break;
    }
  }
  return { items: rows.slice(0, limit).map((row) => listed(row, prices)), nextCursor };
}
