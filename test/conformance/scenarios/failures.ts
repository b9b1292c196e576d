import { SNS_ERROR } from '../engine/scripts.ts';
import { ALL_FAILING, type Base, DENIED, denied, ESCALATED, PARTIAL, repeated, withErrors } from './expected.ts';

const NOTIFY_WAITS = [2, 4, 8, 16, 30] as const;
/** The states that tell people, each in a run that comes to it. */
const TELLING: Readonly<Record<string, Base>> = {
  NotifyPartial: {
    actions: 2,
    ai: (position) => (position === 1 ? DENIED : undefined),
    expected: { ...PARTIAL, ...denied([1]) },
  },
  EscalatePartial: {
    actions: 4,
    ai: (position) => (position > 0 ? { fault: 'error' } : undefined),
    expected: ESCALATED,
  },
  NotifyFailure: { actions: 1, ai: () => DENIED, expected: { ...ALL_FAILING, ...denied([0]) } },
};
export const TELL_SCENARIOS = Object.entries(TELLING).flatMap(([state, base]) => [
  withErrors(base, [state, repeated(SNS_ERROR, 5), NOTIFY_WAITS], 'is tried again'),
  withErrors(base, [state, repeated(SNS_ERROR, 6), NOTIFY_WAITS], 'is out of retries', {
    engine: ['FAILED', SNS_ERROR],
    path: base.expected.path.slice(0, -1),
  }),
]);
