import { parse, taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { createEndRecorder } from '@goal-activity/core/execution/end-recorder.ts';
import { Executions } from '@goal-activity/core/execution/executions.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { createRecentPace } from '@goal-activity/core/pace/recent-pace.ts';
import { wireAlerts } from '@goal-activity/core/report/alert.ts';
import { wireMetrics } from '@goal-activity/core/report/metrics.ts';
import { handleCaught, handleStatusEvent } from './handle-error.ts';
import * as validators from './validators.generated.js';

const log = createLog('handle-error');
const db = openDatabase('goals', 'tasks', 'executions');
const writeMetrics = wireMetrics(log, db);
const executions = new Executions(db, {
  onEnded: createEndRecorder(log, writeMetrics),
  pace: createRecentPace(db, log),
});
const tools = { ...wireAlerts(), executions, log, writeMetrics };

export const handler = taskBoundary({
  log,
  ...validators,
  run: (input) =>
    validators.caught(input)
      ? handleCaught(input, tools)
      : handleStatusEvent(parse(validators.statusEvent, input, 'The status event'), tools),
});
