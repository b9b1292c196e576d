import { expect } from 'chai';
import { executionNotFound, goalNotFound, Problem, TransientError, tooManyExecutions } from '../src/errors.ts';
import { invalidField, toProblem } from '../src/http/http.ts';
import { expectRefusal } from './support/refusals.ts';

describe('a refusal', () => {
  const full = tooManyExecutions(5);
  const [passing, bug] = [new TransientError('later'), new RangeError('too far')];

  it('says in words what is wrong, whatever it is', () => {
    for (const [refusal, status, code] of [
      [goalNotFound(), 404, 'goal_not_found'],
      [executionNotFound(), 404, 'execution_not_found'],
      [invalidField('limit', 'is no number'), 422, 'invalid_request'],
      [full, 429, 'too_many_executions'],
      [toProblem(passing), 503, 'temporarily_unavailable'],
      [toProblem(bug), 500, 'internal_error'],
    ] as const)
      expectRefusal(refusal, status, code);
    expect(full.message).to.contain('5');
  });

  it('says when to come again where that may help, and keeps what caused it, for the log', () => {
    expect(new Problem(503, 'start_delayed', 'T', 'D', { cause: bug }).cause).to.equal(bug);
    expect(toProblem(bug)).to.include({ cause: bug, retryAfterSeconds: undefined });
    expect(toProblem(passing)).to.include({ cause: passing, retryAfterSeconds: 2 });
  });
});
