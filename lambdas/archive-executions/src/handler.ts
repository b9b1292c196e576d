import { S3Client } from '@aws-sdk/client-s3';
import { taskBoundary } from '@goal-activity/core/boundary.ts';
import { createClient } from '@goal-activity/core/clients.ts';
import { createDatabase } from '@goal-activity/core/database.ts';
import { readEnvironment } from '@goal-activity/core/environment.ts';
import { listOutcomeItems } from '@goal-activity/core/executions.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { archiveExecutions } from './archive-executions.ts';
import { putOnce } from './bucket.ts';
import * as validators from './validators.generated.js';

const { EXECUTIONS_TABLE: executions, ARCHIVE_BUCKET: bucket } = readEnvironment([
  'EXECUTIONS_TABLE',
  'ARCHIVE_BUCKET',
]);
const db = createDatabase({ executions });
const client = createClient(S3Client);
const log = createLog('archive-executions');

/** Invoked by the stream of workflow-executions, with the records of rows that TTL deleted. */
export const handler = taskBoundary({
  log,
  input: validators.input,
  output: validators.output,
  run: ({ Records }) =>
    archiveExecutions(Records, {
      listRows: (executionArn) => listOutcomeItems(db, executionArn),
      put: (key, body) => putOnce(client, bucket, key, body),
      log,
    }),
});
