import { expect } from 'chai';
import { advise } from '../../src/execution/advice.ts';
import type { OutcomeRow } from '../../src/types.ts';

const row = (changes: Partial<OutcomeRow> = {}): OutcomeRow => ({
  executionArn: 'arn',
  actionId: 'a',
  position: 0,
  title: 't',
  outcome: 'SAVED',
  taskCount: 3,
  ...changes,
});
const failed = (error: string, reason = '') => row({ outcome: 'FAILED', taskCount: 0, error, reason });
const SECOND = 1_000;

describe('advise', () => {
  for (const [what, outcome, advice] of [
    ['throttling', failed('TransientError', 'ThrottlingException: slow down'), 'quota'],
    ['too many requests', failed('Lambda.TooManyRequestsException'), 'quota'],
    ['an exhausted quota', failed('PermanentError', 'The AI quota is exhausted: per day'), 'quota'],
    ['refused access', failed('PermanentError', 'AccessDeniedException: no'), 'model access'],
    ['a timeout of the step', failed('States.Timeout'), 'model latency'],
    ['a call without an answer', failed('TransientError', 'The AI call did not answer in time'), 'model latency'],
    ['any other failure', failed('PermanentError', 'a bug'), 'reasons'],
    ['a failure that says nothing', row({ outcome: 'FAILED', taskCount: 0 }), 'reasons'],
  ] as const) {
    it(`says what to do about ${what}`, () => {
      expect(advise([row(), outcome], SECOND)).to.contain(advice);
    });
  }

  it('speaks of throttling first, since that may be what the other failures come from', () => {
    const outcomes = [failed('States.Timeout'), failed('PermanentError', 'AccessDenied'), failed('Throttled')];
    expect(advise(outcomes, SECOND)).to.contain('quota');
    expect(advise(outcomes.slice(0, 2), SECOND)).to.contain('model access');
  });

  it('looks at failed actions alone: what an action was cancelled with is no failure', () => {
    expect(advise([row({ outcome: 'CANCELLED', taskCount: 0, error: 'Throttled' })], SECOND)).to.equal(undefined);
  });

  it('calls a run slow that took longer than 30 s for each wave of 24 actions', () => {
    const actions = (count: number) => Array.from({ length: count }, () => row());
    expect(advise(actions(24), 30 * SECOND)).to.equal(undefined);
    expect(advise(actions(24), 30 * SECOND + 1)).to.contain('slow');
    expect(advise(actions(25), 60 * SECOND)).to.equal(undefined);
    expect(advise(actions(25), 60 * SECOND + 1)).to.contain('slow');
  });
});
