import { PermanentError, TransientError } from '@goal-activity/core/errors.ts';
import { expect } from 'chai';
import sinon from 'sinon';
import { failureOf } from '../../../test/support/failure.ts';
import { AiTimeout, askModel, RefusedAnswer } from '../src/bedrock.ts';

const goal = { title: 'Run a marathon', description: '', deadline: null };
const action = { title: 'Jog', description: '', type: 'habit' as const };

describe('askModel', () => {
  const ask = (send: () => object | Promise<object>) =>
    askModel({ send: async () => send() }, 'model', goal, action, 1_000);
  const answerWith = (content: unknown) => ({ output: { message: { role: 'assistant', content } } });
  const usage = { inputTokens: 10, outputTokens: 20 };

  it('takes an answer without the tool call for one that may come right, says why the model stopped, and what was paid', async () => {
    const stopReason = 'secret\u0000 reason';
    for (const [answer, reason] of [
      [{}, 'unknown'],
      [{ output: {} }, 'unknown'],
      [{ ...answerWith([{ text: 'Sorry' }]), stopReason: 'end_turn' }, 'end_turn'],
      [{ ...answerWith(undefined), stopReason: 'max_tokens' }, 'max_tokens'],
      ...[{}, 'secret', [null], [{ toolUse: null }], [{ toolUse: { name: 'other', input: {} } }]].map(
        (content) => [{ ...answerWith(content), stopReason }, 'unknown'] as const,
      ),
    ] as const) {
      const failure = await failureOf(ask(() => ({ ...answer, usage })));
      expect(failure, JSON.stringify(answer)).to.be.instanceOf(RefusedAnswer).and.include({ name: 'TransientError' });
      expect(failure.message).to.contain(`stop reason ${reason}`).and.not.contain('secret');
      expect(Object(failure).usage).to.include(usage);
      expect(Object(failure).usage.latencyMs).to.be.a('number');
    }
  });

  it('finds the tool behind other blocks, and counts no tokens where none are told, or none that can be right', async () => {
    const content = [{ text: 'Here' }, { toolUse: { toolUseId: 't', name: 'save_tasks', input: 7 } }];
    // Sums of them made every status answer fail.
    const wrong = [Number.MAX_SAFE_INTEGER, 1e308, -1, 1.5, '7', null].map((inputTokens) => ({ inputTokens }));
    for (const told of [undefined, {}, ...wrong]) {
      const answer = await ask(() => ({ ...answerWith(content), usage: told && { ...told, outputTokens: 7 } }));
      expect(answer).to.deep.include({ input: 7 });
      expect(answer.usage, JSON.stringify(told)).to.include({ inputTokens: 0, outputTokens: told ? 7 : 0 });
    }
  });

  it('measures how long the AI took to answer', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    clock.tick(500);
    try {
      const answer = await ask(() => {
        clock.tick(1234);
        return { ...answerWith([{ toolUse: { name: 'save_tasks', input: { tasks: [] } } }]), usage };
      });
      expect(answer).to.deep.equal({ input: { tasks: [] }, usage: { ...usage, latencyMs: 1234 } });
    } finally {
      clock.restore();
    }
  });

  const said = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });
  for (const [name, message, details, Class, words] of [
    ['ThrottlingException', 'busy', {}, TransientError],
    ['InternalServerException', 'busy', {}, TransientError],
    ['ServiceUnavailableException', 'busy', {}, TransientError],
    ['ModelTimeoutException', 'busy', {}, TransientError],
    ['ModelNotReadyException', 'busy', {}, TransientError],
    ['ModelErrorException', 'no', said(424), TransientError],
    ['Unknown', 'no', said(503), TransientError],
    ['Error', 'reset', { code: 'ECONNRESET' }, TransientError],
    ['Error', 'the socket is gone', {}, TransientError],
    ['TimeoutError', 'no connection', {}, TransientError],
    ['AbortError', 'no', {}, AiTimeout, 'The AI call did not answer in time'],
    ['AccessDeniedException', 'no', said(403), PermanentError],
    ['ValidationException', 'no', said(400), PermanentError],
    ['ResourceNotFoundException', 'no', said(404), PermanentError],
    ['UnknownError', 'no', said(499), PermanentError],
    ['ServiceQuotaExceededException', 'used', {}, PermanentError, 'The AI quota is exhausted: used'],
    // It looks like throttling.
    [
      'ThrottlingException',
      'Too many tokens per day',
      {},
      PermanentError,
      'quota is exhausted: Too many tokens per day',
    ],
  ] as const) {
    it(`takes ${name}, "${message}" ${JSON.stringify(details)} for a ${Class.name}`, async () => {
      const thrown = Object.assign(new Error(message), { name, ...details });
      const failure = await failureOf(ask(() => Promise.reject(thrown)));
      expect(failure.constructor).to.equal(Class);
      expect(failure.message).to.contain(words ?? `${name}: ${message}`);
      expect(failure.cause).to.equal(thrown);
    });
  }

  it('takes what is thrown and is no error for a fault that passes', async () => {
    expect(await failureOf(ask(() => Promise.reject('text')))).to.include({ name: 'TransientError', cause: 'text' });
  });
});
