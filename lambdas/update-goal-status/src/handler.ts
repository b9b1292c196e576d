import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { createEndRecorder } from '@goal-activity/core/execution/end-recorder.ts';
import { Executions } from '@goal-activity/core/execution/executions.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { createRecentPace } from '@goal-activity/core/pace/recent-pace.ts';
import { wireMetrics } from '@goal-activity/core/report/metrics.ts';
import { readReaders } from '@goal-activity/core/report/readers.ts';
import { updateGoalStatus } from './update-goal-status.ts';
import * as validators from './validators.generated.js';

const readers = readReaders();
const log = createLog('update-goal-status');
const db = openDatabase('goals', 'executions');
const executions = new Executions(db, {
  onEnded: createEndRecorder(log, wireMetrics(log, db)),
  pace: createRecentPace(db, log),
});

export const handler = taskBoundary({
  log,
  ...validators,
  run: ({ executionArn }) => updateGoalStatus(executions, executionArn, readers),
});
