import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { createClient, onFirstCall } from '@goal-activity/core/aws/clients.ts';
import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { timeLeftMs } from '@goal-activity/core/aws/deadline.ts';
import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { ExecutionRows } from '@goal-activity/core/execution/records.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { archiveExecutions } from './archive-executions.ts';
import { putOnce } from './bucket.ts';
import * as validators from './validators.generated.js';

const environment = readEnvironment(['ARCHIVE_BUCKET', 'METRICS_NAMESPACE']);
const executions = new ExecutionRows(openDatabase('executions'));
const bucket = onFirstCall(() => createClient(S3Client));
const cloudWatch = createClient(CloudWatchClient);
const log = createLog('archive-executions');

/** What of the time of a run is kept for the executions under way and the metric. */
const KEPT = 1 / 4;

/** Invoked by a schedule, every hour. */
export const handler = taskBoundary({
  log,
  ...validators,
  run: () => {
    const keptMs = KEPT * timeLeftMs();
    return archiveExecutions({
      executions,
      put: (key, body) => putOnce(bucket, environment.ARCHIVE_BUCKET, key, body),
      putAge: (seconds) =>
        cloudWatch.send(
          new PutMetricDataCommand({
            Namespace: environment.METRICS_NAMESPACE,
            MetricData: [{ MetricName: 'OldestUnarchivedAge', Unit: 'Seconds', Value: seconds }],
          }),
        ),
      hasTime: () => timeLeftMs() >= keptMs,
      log,
    });
  },
});
