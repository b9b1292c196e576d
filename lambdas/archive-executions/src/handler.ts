import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { createClient } from '@goal-activity/core/aws/clients.ts';
import { createDatabase } from '@goal-activity/core/aws/database.ts';
import { timeLeftMs } from '@goal-activity/core/aws/deadline.ts';
import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { leaveIndex } from '@goal-activity/core/execution/due.ts';
import { readExecutionRows, unarchivedPages } from '@goal-activity/core/execution/executions.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { archiveExecutions } from './archive-executions.ts';
import { putOnce } from './bucket.ts';
import * as validators from './validators.generated.js';

const environment = readEnvironment(['EXECUTIONS_TABLE', 'ARCHIVE_BUCKET', 'METRICS_NAMESPACE']);
const db = createDatabase({ executions: environment.EXECUTIONS_TABLE });
const bucket = createClient(S3Client);
const cloudWatch = createClient(CloudWatchClient);
const log = createLog('archive-executions');

/** What of the time of a run is kept for the executions under way and the metric. */
const KEPT = 1 / 4;

/** Invoked by a schedule, every hour. */
export const handler = taskBoundary({
  log,
  input: validators.input,
  output: validators.output,
  run: () => {
    const keptMs = KEPT * timeLeftMs();
    return archiveExecutions({
      pages: () => unarchivedPages(db),
      readRows: (executionArn) => readExecutionRows(db, executionArn),
      put: (key, body) => putOnce(bucket, environment.ARCHIVE_BUCKET, key, body),
      leaveIndex: (executionArn) => leaveIndex(db, executionArn),
      putAge: (seconds) =>
        cloudWatch.send(
          new PutMetricDataCommand({
            Namespace: environment.METRICS_NAMESPACE,
            MetricData: [{ MetricName: 'OldestUnarchivedAge', Unit: 'Seconds', Value: seconds }],
          }),
        ),
      hasTime: () => timeLeftMs() >= keptMs,
      now: () => new Date(),
      log,
    });
  },
});
