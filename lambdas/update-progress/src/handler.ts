import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { Executions } from '@goal-activity/core/execution/executions.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { updateProgress } from './update-progress.ts';
import * as validators from './validators.generated.js';

const executions = new Executions(openDatabase('executions'));

export const handler = taskBoundary({
  log: createLog('update-progress'),
  ...validators,
  run: (input) => updateProgress(executions, input),
});
