import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { createDatabase } from '@goal-activity/core/aws/database.ts';
import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { enterState } from '@goal-activity/core/execution/executions.ts';
import { progressFields } from '@goal-activity/core/execution/progress.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { createBatches } from './create-batches.ts';
import * as validators from './validators.generated.js';

const db = createDatabase({ executions: readEnvironment(['EXECUTIONS_TABLE']).EXECUTIONS_TABLE });
const log = createLog('create-batches');

export const handler = taskBoundary({
  log,
  input: validators.input,
  output: validators.output,
  run: async ({ executionArn, goalId, actions }) => {
    const pending = actions.map(() => ({ outcome: 'PENDING', taskCount: 0 }) as const);
    await enterState(db, log, executionArn, 'ProcessBatches', progressFields({}, pending, new Date()));
    return { executionArn, goalId, batches: createBatches(actions) };
  },
});
