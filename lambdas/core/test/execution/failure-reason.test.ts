import { expect } from 'chai';
import { failureReason } from '../../src/execution/failure-reason.ts';

const caused = (errorMessage: unknown) => JSON.stringify({ errorType: 'E', errorMessage, trace: ['x'] });

describe('failureReason', () => {
  for (const [what, name, Cause, reason] of [
    ["takes the message out of a Lambda's Cause", 'E', caused('denied: no'), 'denied: no'],
    ["takes Step Functions' own plain text", 'States.Runtime', 'too large', 'too large'],
    ['says of a timeout what it is', 'States.Timeout', undefined, 'The step did not answer in time'],
    ['says so where the cause is empty', 'States.Timeout', '', 'The step did not answer in time'],
    ['does not repeat the name of the error', 'States.Timeout', 'States.Timeout', 'The step did not answer in time'],
    ['gives the name where there is nothing else', 'Lambda.Unknown', '', 'Lambda.Unknown'],
    ['gives the name where the message is empty', 'Error', caused(''), 'Error'],
    ['gives the name where the first line is empty', 'E', '\ntwo', 'E'],
    ['is never longer than 300 characters', 'E', 'x'.repeat(301), 'x'.repeat(300)],
    ['is never longer than 300 characters of a message', 'E', caused('x'.repeat(301)), 'x'.repeat(300)],
    ['is the first line alone: what an SDK says below it is for programmers', 'E', caused('one\n  two'), 'one'],
    ...['\r\n', '\u0000', '\u0085', '\u2028', '\u2029'].map(
      (control) => [`ends its line at ${JSON.stringify(control)}`, 'E', `one${control}two`, 'one'] as const,
    ),
    ...['null', '7', '"text"', caused(7), '[]'].map(
      (json) => ['takes JSON without a message for plain text', 'E', json, json] as const,
    ),
  ] as const) {
    it(`${what} (${name}, ${String(Cause).slice(0, 9)})`, () => {
      expect(failureReason({ Error: name, ...(Cause === undefined ? {} : { Cause }) })).to.equal(reason);
    });
  }
});
