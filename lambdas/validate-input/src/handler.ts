import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { createDatabase } from '@goal-activity/core/aws/database.ts';
import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { enterState, getExecution } from '@goal-activity/core/execution/executions.ts';
import { getGoal } from '@goal-activity/core/goal/goals.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { validateInput } from './validate-input.ts';
import * as validators from './validators.generated.js';

const { GOALS_TABLE: goals, EXECUTIONS_TABLE: executions } = readEnvironment(['GOALS_TABLE', 'EXECUTIONS_TABLE']);
const db = createDatabase({ goals, executions });
const log = createLog('validate-input');

export const handler = taskBoundary({
  log,
  input: validators.input,
  output: validators.output,
  run: (input) =>
    validateInput(input, {
      getGoal: (goalId) => getGoal(db, goalId),
      getExecution: (executionArn) => getExecution(db, executionArn),
      confirm: (executionArn) =>
        enterState(db, log, executionArn, 'GetActions', { confirmedAt: new Date().toISOString() }),
    }),
});
