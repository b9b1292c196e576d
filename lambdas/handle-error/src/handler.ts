import { parse, taskBoundary } from '@goal-activity/core/boundary.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { deliverNotification } from '@goal-activity/core/notify.ts';
import { wireAlerts, wireEnd } from '@goal-activity/core/wiring.ts';
import { type Collaborators, handleCaught, handleStatusEvent } from './handle-error.ts';
import * as validators from './validators.generated.js';

const log = createLog('handle-error');
const tools = wireAlerts();
const onEnded = wireEnd(log);

export const handler = taskBoundary({
  log,
  input: validators.input,
  output: validators.output,
  run: (input) => {
    const now = new Date();
    const collaborators: Collaborators = {
      ...tools,
      log,
      now,
      onEnded,
      deliver: (record) => deliverNotification(tools, record, now),
    };
    return validators.caught(input)
      ? handleCaught(input, collaborators)
      : handleStatusEvent(parse(validators.statusEvent, input, 'The status event'), collaborators);
  },
});
