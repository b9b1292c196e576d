import { taskBoundary } from '@goal-activity/core/boundary.ts';
import { getExecution, openExecutionPages } from '@goal-activity/core/executions.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { repair, staleness } from '@goal-activity/core/repair.ts';
import { wireRepair } from '@goal-activity/core/wiring.ts';
import { reconcileExecutions } from './reconcile-executions.ts';
import * as validators from './validators.generated.js';

const log = createLog('reconcile-executions');
const tools = wireRepair(log);

/** Invoked by a schedule, every 5 minutes. */
export const handler = taskBoundary({
  log,
  input: validators.input,
  output: validators.output,
  run: () =>
    reconcileExecutions({
      pages: () => openExecutionPages(tools.db),
      isStale: (record) => staleness(record, new Date(), tools) !== 'fresh',
      getExecution: (executionArn) => getExecution(tools.db, executionArn),
      repair: (record) => repair(tools, record, new Date()),
      log,
    }),
});
