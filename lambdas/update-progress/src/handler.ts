import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { createDatabase } from '@goal-activity/core/aws/database.ts';
import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { updateProgress } from './update-progress.ts';
import * as validators from './validators.generated.js';

const db = createDatabase({ executions: readEnvironment(['EXECUTIONS_TABLE']).EXECUTIONS_TABLE });

export const handler = taskBoundary({
  log: createLog('update-progress'),
  input: validators.input,
  output: validators.output,
  run: (input) => updateProgress(db, input, new Date()),
});
