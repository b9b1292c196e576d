import { taskBoundary } from '@goal-activity/core/boundary.ts';
import { createDatabase } from '@goal-activity/core/database.ts';
import { readEnvironment } from '@goal-activity/core/environment.ts';
import { enterState } from '@goal-activity/core/executions.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { progressFields } from '@goal-activity/core/progress.ts';
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
