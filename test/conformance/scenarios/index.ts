import { CANCELS, OUTCOMES, TIMEOUTS } from './ends.ts';
import type { Scenario } from './scenario.ts';
import { STEP_SCENARIOS, TELL_SCENARIOS, WORK_SCENARIOS } from './steps.ts';

/** Every scenario; the longest first. */
export const SCENARIOS: readonly Scenario[] = [
  ...TIMEOUTS,
  ...OUTCOMES,
  ...CANCELS,
  ...WORK_SCENARIOS,
  ...STEP_SCENARIOS,
  ...TELL_SCENARIOS,
];
