import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { wireAlerts } from '@goal-activity/core/report/alert.ts';
import { wireMetrics } from '@goal-activity/core/report/metrics.ts';
import { wireRepair } from '@goal-activity/core/workflow/wiring.ts';
import { reconcileExecutions } from './reconcile-executions.ts';
import * as validators from './validators.generated.js';

const log = createLog('reconcile-executions');
const db = openDatabase('goals', 'tasks', 'executions');
const writeMetrics = wireMetrics(log, db);
const tools = { ...wireRepair(log, db, writeMetrics), ...wireAlerts(), writeMetrics };

/** Invoked by a schedule, every 5 minutes. */
export const handler = taskBoundary({ log, ...validators, run: () => reconcileExecutions(tools) });
