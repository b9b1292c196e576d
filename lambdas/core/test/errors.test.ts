import { expect } from 'chai';
import {
  executionNotFound,
  goalNotFound,
  PermanentError,
  Problem,
  TransientError,
  tooManyExecutions,
} from '../src/errors.ts';
import { invalidField, toProblem } from '../src/http/http.ts';
import { expectRefusal } from './support/refusals.ts';

describe('a refusal', () => {
  it('says in words what is wrong, whatever it is', () => {
    expectRefusal(goalNotFound(), 404, 'goal_not_found');
    expectRefusal(executionNotFound(), 404, 'execution_not_found');
    expectRefusal(invalidField('limit', 'is no number'), 422, 'invalid_request');
    expectRefusal(toProblem(new TransientError('later')), 503, 'temporarily_unavailable');
    expectRefusal(toProblem(new PermanentError('never')), 500, 'internal_error');
    const full = tooManyExecutions(5);
    expectRefusal(full, 429, 'too_many_executions');
    expect(full.message).to.contain('5');
  });

  it('keeps what caused it, for the log', () => {
    const cause = new RangeError('too far');
    expect(new Problem(503, 'start_delayed', 'T', 'D', { cause }).cause).to.equal(cause);
    expect(toProblem(cause).cause).to.equal(cause);
    const later = new TransientError('later');
    expect(toProblem(later)).to.include({ cause: later, retryAfterSeconds: 2 });
  });
});
