import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { createDatabase } from '@goal-activity/core/aws/database.ts';
import { readEnvironment, readNumbers } from '@goal-activity/core/aws/environment.ts';
import { createProgressRefresher } from '@goal-activity/core/execution/refresh-progress.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { saveTasks } from './save-tasks.ts';
import * as validators from './validators.generated.js';

const { TASKS_TABLE: tasks, EXECUTIONS_TABLE: executions } = readEnvironment(['TASKS_TABLE', 'EXECUTIONS_TABLE']);
const { BATCH_TIMEOUT_MS: batchTimeoutMs, PROGRESS_GRACE_MS: graceMs } = readNumbers([
  'BATCH_TIMEOUT_MS',
  'PROGRESS_GRACE_MS',
]);
const db = createDatabase({ tasks, executions });
const log = createLog('save-tasks');
const refreshProgress = createProgressRefresher(db, graceMs, log);

export const handler = taskBoundary({
  log,
  input: validators.input,
  output: validators.output,
  run: async (input) => {
    const result = await saveTasks(db, input, batchTimeoutMs, new Date());
    await refreshProgress(input, new Date());
    return result;
  },
});
