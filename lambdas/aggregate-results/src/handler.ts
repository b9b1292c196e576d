import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { createDatabase } from '@goal-activity/core/aws/database.ts';
import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { aggregateResults } from './aggregate-results.ts';
import * as validators from './validators.generated.js';

const db = createDatabase({ executions: readEnvironment(['EXECUTIONS_TABLE']).EXECUTIONS_TABLE });
const log = createLog('aggregate-results');

export const handler = taskBoundary({
  log,
  input: validators.input,
  output: validators.output,
  run: (input) => aggregateResults(db, input, log, new Date()),
});
