import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { progressFields } from '@goal-activity/core/execution/progress.ts';
import { ExecutionRows } from '@goal-activity/core/execution/records.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { createBatches } from './create-batches.ts';
import * as validators from './validators.generated.js';

const executions = new ExecutionRows(openDatabase('executions'));
const log = createLog('create-batches');

export const handler = taskBoundary({
  log,
  ...validators,
  run: async ({ executionArn, goalId, actions }) => {
    const pending = actions.map(() => ({ outcome: 'PENDING', taskCount: 0 }) as const);
    const fields = progressFields({}, pending, executions.now());
    await executions.enterState(log, executionArn, 'ProcessBatches', fields);
    return { executionArn, goalId, batches: createBatches(actions) };
  },
});
