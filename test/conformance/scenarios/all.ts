import { WORK_SCENARIOS } from './actions.ts';
import { CANCELS, OUTCOMES, TIMEOUTS, TOGETHER } from './ends.ts';
import type { Scenario } from './scenario.ts';
import { HANDLE_SCENARIOS, RECORD_SCENARIOS, STEP_SCENARIOS, TELL_SCENARIOS } from './steps.ts';

/** Every scenario; the longest first. */
export const SCENARIOS: readonly Scenario[] = [
  ...TIMEOUTS,
  ...OUTCOMES,
  ...TOGETHER,
  ...CANCELS,
  ...WORK_SCENARIOS,
  ...STEP_SCENARIOS,
  ...RECORD_SCENARIOS,
  ...HANDLE_SCENARIOS,
  ...TELL_SCENARIOS,
];
