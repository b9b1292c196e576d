import { expect } from 'chai';
import { advise } from '../../src/execution/advice.ts';
import { outcomeRow } from '../support/rows.ts';

const saved = outcomeRow(0);
const failed = (error: string, reason = '') => outcomeRow(0, { outcome: 'FAILED', error, reason });
const USUAL = { actionMs: 5_000, usualActionMs: 5_000 };

describe('advise', () => {
  for (const [what, advice, ...outcomes] of [
    ['throttling', 'quota', failed('TransientError', 'ThrottlingException: slow down')],
    ['too many requests', 'quota', failed('Lambda.TooManyRequestsException')],
    ['an exhausted quota', 'quota', failed('PermanentError', 'The AI quota is exhausted: per day')],
    ['refused access', 'model access', failed('PermanentError', 'AccessDeniedException: no')],
    ['a use case form', 'make check-model', failed('PermanentError', 'ResourceNotFoundException: use case details')],
    ['refused access to a table', 'reasons', failed('E', 'AccessDenied: not authorized to perform: dynamodb:Query')],
    ['a timeout of the step', 'model latency', failed('States.Timeout')],
    ['a call without an answer', 'model latency', failed('TransientError', 'The AI call did not answer in time')],
    ['any other failure', 'reasons', failed('PermanentError', 'a bug')],
    ['a failure that says nothing', 'reasons', outcomeRow(0, { outcome: 'FAILED' })],
    ['refused access before timeouts', 'model access', failed('States.Timeout'), failed('AccessDenied')],
    ['throttling before all others, which may come from it', 'quota', failed('AccessDenied'), failed('Throttled')],
  ] as const) {
    it(`says what to do about ${what}`, () => {
      expect(advise([saved, ...outcomes], USUAL)).to.contain(advice);
    });
  }

  it('looks at failed actions alone: what an action was cancelled with is no failure', () => {
    expect(advise([outcomeRow(0, { outcome: 'CANCELLED', error: 'Throttled' })], USUAL)).to.equal(undefined);
  });

  it('says that actions were slower than usual, besides what they were lost to', () => {
    const slow = { actionMs: 20_000, usualActionMs: 5_000 };
    expect(advise([saved], slow)).to.match(/^Its actions were much slower than usual: /);
    expect(advise([saved, failed('States.Timeout')], slow)).to.match(
      /^AI calls timed out: .+ Its actions were much slower/,
    );
    expect(advise([saved], { actionMs: 900_000 })).to.equal(undefined);
  });
});
