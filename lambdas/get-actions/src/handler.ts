import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { createDatabase } from '@goal-activity/core/aws/database.ts';
import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { listActions } from '@goal-activity/core/goal/goals.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { getActions } from './get-actions.ts';
import * as validators from './validators.generated.js';

const db = createDatabase({ goals: readEnvironment(['GOALS_TABLE']).GOALS_TABLE });

export const handler = taskBoundary({
  log: createLog('get-actions'),
  input: validators.input,
  output: validators.output,
  run: (input) => getActions(input, { listActions: (goalId) => listActions(db, goalId) }),
});
