import { taskBoundary } from '@goal-activity/core/boundary.ts';
import { createDatabase } from '@goal-activity/core/database.ts';
import { readEnvironment, readNumbers } from '@goal-activity/core/environment.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { saveTasks } from './save-tasks.ts';
import * as validators from './validators.generated.js';

const { TASKS_TABLE: tasks, EXECUTIONS_TABLE: executions } = readEnvironment(['TASKS_TABLE', 'EXECUTIONS_TABLE']);
const { BATCH_TIMEOUT_MS: batchTimeoutMs } = readNumbers(['BATCH_TIMEOUT_MS']);
const db = createDatabase({ tasks, executions });

export const handler = taskBoundary({
  log: createLog('save-tasks'),
  input: validators.input,
  output: validators.output,
  run: (input) => saveTasks(db, input, batchTimeoutMs, new Date()),
});
