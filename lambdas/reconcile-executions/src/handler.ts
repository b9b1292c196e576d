import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { wireSweep } from '@goal-activity/core/aws/wiring.ts';
import { getExecution, openExecutionPages } from '@goal-activity/core/execution/executions.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { needsSweep, sweep } from '@goal-activity/core/workflow/report.ts';
import { reconcileExecutions } from './reconcile-executions.ts';
import * as validators from './validators.generated.js';

const log = createLog('reconcile-executions');
const tools = wireSweep(log);

/** Invoked by a schedule, every 5 minutes. */
export const handler = taskBoundary({
  log,
  input: validators.input,
  output: validators.output,
  run: () =>
    reconcileExecutions({
      pages: () => openExecutionPages(tools.db),
      isStale: (record) => needsSweep(record, new Date(), tools),
      getExecution: (executionArn) => getExecution(tools.db, executionArn),
      repair: (record) => sweep(tools, record, new Date()),
      log,
    }),
});
