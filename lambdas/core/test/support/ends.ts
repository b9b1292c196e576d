import type { PutMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import type { Database } from '../../src/aws/database.ts';
import type { OnEnded } from '../../src/execution/executions.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import { createMetricsWriter } from '../../src/report/metrics.ts';
import type { ExecutionRow, GoalStatus, OutcomeRow } from '../../src/types.ts';

/** Notes every end that a settlement reports, and what it says that the goal is then. */
export function noteEnds() {
  const ends: { record: ExecutionRow; outcomes: readonly OutcomeRow[] }[] = [];
  const goalStatuses: (GoalStatus | undefined)[] = [];
  const onEnded: OnEnded = async (record, outcomes, goalStatus) => {
    ends.push({ record, outcomes });
    goalStatuses.push(goalStatus);
  };
  return { ends, goalStatuses, onEnded };
}

/** The real writer of metrics, on a CloudWatch that notes what it is sent, or does what the test wants. */
export function givenMetrics(db: Database, answer: () => Promise<unknown> = async () => undefined) {
  const puts: PutMetricDataCommandInput[] = [];
  const { log, lines } = createMemoryLog();
  const prices = { input: 1, output: 5 };
  const put = (input: PutMetricDataCommandInput) => {
    puts.push(input);
    return answer();
  };
  return { puts, lines, writeMetrics: createMetricsWriter({ db, namespace: 'N', prices, log, put }) };
}
