import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { readNumbers } from '@goal-activity/core/aws/environment.ts';
import { Executions } from '@goal-activity/core/execution/executions.ts';
import { createProgressRefresher } from '@goal-activity/core/execution/refresh-progress.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { saveTasks } from './save-tasks.ts';
import * as validators from './validators.generated.js';

const { BATCH_TIMEOUT_MS: batchTimeoutMs, PROGRESS_GRACE_MS: graceMs } = readNumbers([
  'BATCH_TIMEOUT_MS',
  'PROGRESS_GRACE_MS',
]);
const executions = new Executions(openDatabase('tasks', 'executions'));
const log = createLog('save-tasks');
const refreshProgress = createProgressRefresher(executions, graceMs, log);

export const handler = taskBoundary({
  log,
  ...validators,
  run: async (input) => {
    const result = await saveTasks(executions, input, batchTimeoutMs);
    await refreshProgress(input);
    return result;
  },
});
