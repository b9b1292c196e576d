import { parse, taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { wireAlerts, wireMetrics, wireTables } from '@goal-activity/core/aws/wiring.ts';
import { createEndRecorder } from '@goal-activity/core/execution/ended.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { type Collaborators, handleCaught, handleStatusEvent } from './handle-error.ts';
import * as validators from './validators.generated.js';

const log = createLog('handle-error');
const alerts = wireAlerts(wireTables());
const writeMetrics = wireMetrics(log, alerts.db);
const tools = { ...alerts, log, writeMetrics, onEnded: createEndRecorder(log, writeMetrics) };

export const handler = taskBoundary({
  log,
  input: validators.input,
  output: validators.output,
  run: (input) => {
    const collaborators: Collaborators = { ...tools, now: new Date() };
    return validators.caught(input)
      ? handleCaught(input, collaborators)
      : handleStatusEvent(parse(validators.statusEvent, input, 'The status event'), collaborators);
  },
});
