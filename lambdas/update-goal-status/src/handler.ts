import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { createDatabase } from '@goal-activity/core/aws/database.ts';
import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { wireMetrics } from '@goal-activity/core/aws/wiring.ts';
import { createEndRecorder } from '@goal-activity/core/execution/ended.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { updateGoalStatus } from './update-goal-status.ts';
import * as validators from './validators.generated.js';

const {
  GOALS_TABLE: goals,
  EXECUTIONS_TABLE: executions,
  RUNBOOK_URL: runbookUrl,
} = readEnvironment(['GOALS_TABLE', 'EXECUTIONS_TABLE', 'RUNBOOK_URL']);
const db = createDatabase({ goals, executions });
const log = createLog('update-goal-status');
const onEnded = createEndRecorder(log, wireMetrics(log, db));

export const handler = taskBoundary({
  log,
  input: validators.input,
  output: validators.output,
  run: ({ executionArn }) => updateGoalStatus(executionArn, { db, onEnded, runbookUrl, now: new Date() }),
});
