import { expect } from 'chai';
import { failureReason } from '../../src/execution/failure-reason.ts';

describe('failureReason', () => {
  it("takes the message out of a Lambda's Cause", () => {
    const Cause = JSON.stringify({
      errorType: 'PermanentError',
      errorMessage: 'AccessDeniedException: no',
      trace: ['x'],
    });
    expect(failureReason({ Error: 'PermanentError', Cause })).to.equal('AccessDeniedException: no');
  });

  it("takes Step Functions' own plain text", () => {
    expect(failureReason({ Error: 'States.DataLimitExceeded', Cause: 'too large' })).to.equal('too large');
  });

  it('says something in words when there is no cause', () => {
    expect(failureReason({ Error: 'States.Timeout' })).to.equal('The step did not answer in time');
    expect(failureReason({ Error: 'Lambda.Unknown', Cause: '' })).to.equal('Lambda.Unknown');
    expect(failureReason({ Error: 'States.Timeout', Cause: '' })).to.equal('The step did not answer in time');
    expect(failureReason({ Error: 'Error', Cause: '{"errorType":"Error","errorMessage":""}' })).to.equal('Error');
  });

  it('is never longer than 300 characters', () => {
    expect(failureReason({ Error: 'E', Cause: 'x'.repeat(9999) })).to.have.length(300);
    expect(failureReason({ Error: 'E', Cause: JSON.stringify({ errorMessage: 'x'.repeat(9999) }) })).to.have.length(
      300,
    );
  });

  it('is the first line alone: what an SDK says below it is for programmers', () => {
    const errorMessage = 'Error: aborted\n  Deserialization error: to see the raw response, inspect {error}.$response';
    expect(failureReason({ Error: 'TransientError', Cause: JSON.stringify({ errorMessage }) })).to.equal(
      'Error: aborted',
    );
    for (const control of ['\r\n', '\u0000', '\u0085', '\u2028', '\u2029'])
      expect(failureReason({ Error: 'E', Cause: `one${control}two` })).to.equal('one');
    expect(failureReason({ Error: 'E', Cause: '\ntwo' })).to.equal('E');
  });

  it('takes JSON without a message for plain text', () => {
    for (const Cause of ['null', '7', '"text"', '{"errorMessage":7}', '[]'])
      expect(failureReason({ Error: 'E', Cause })).to.equal(Cause);
  });

  it('does not repeat the name of the error', () => {
    expect(failureReason({ Error: 'States.Timeout', Cause: 'States.Timeout' })).to.equal(
      'The step did not answer in time',
    );
    expect(failureReason({ Error: 'Unreported', Cause: 'Unreported' })).to.equal('Unreported');
  });
});
