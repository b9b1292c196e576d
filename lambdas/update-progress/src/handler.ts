import { taskBoundary } from '@goal-activity/core/boundary.ts';
import { createDatabase } from '@goal-activity/core/database.ts';
import { readEnvironment } from '@goal-activity/core/environment.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { updateProgress } from './update-progress.ts';
import * as validators from './validators.generated.js';

const db = createDatabase({ executions: readEnvironment(['EXECUTIONS_TABLE']).EXECUTIONS_TABLE });

export const handler = taskBoundary({
  log: createLog('update-progress'),
  input: validators.input,
  output: validators.output,
  run: (input) => updateProgress(db, input, new Date()),
});
