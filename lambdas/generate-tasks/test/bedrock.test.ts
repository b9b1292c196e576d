import { inspect } from 'node:util';
import { PermanentError, TransientError } from '@goal-activity/core/errors.ts';
import { expect } from 'chai';
import sinon from 'sinon';
import { failureOf } from '../../../test/support/failure.ts';
import { AiTimeout, askModel, createModelClient } from '../src/bedrock.ts';
import { buildRequest } from '../src/prompt.ts';
import { RefusedAnswer } from '../src/refused-answer.ts';

const goal = { title: 'Run a marathon', description: '', deadline: null };
const action = { title: 'Jog', description: '', type: 'habit' as const };

describe('askModel', () => {
  const answerTo = (answer: object) => askModel({ send: async () => answer }, 'model', goal, action, 1_000);
  const answerWith = (content: unknown) => ({ output: { message: { role: 'assistant', content } } });

  it('takes an answer without the tool call for one that may come right, whatever it is instead', async () => {
    for (const content of [undefined, {}, 'secret', [null], [{ toolUse: null }], [{ toolUse: { name: 'other' } }]]) {
      const error = await failureOf(answerTo({ ...answerWith(content), stopReason: 'secret\u0000 reason' }));
      expect(error.name, JSON.stringify(content)).to.equal('TransientError');
      expect(error.message).not.to.contain('secret');
    }
  });

  it('takes a body that is no JSON for one that may come right, and keeps its text to itself', async () => {
    const send = async () => JSON.parse('<html>secret</html>');
    const error = await failureOf(askModel({ send }, 'model', goal, action, 1_000));
    expect(error.name).to.equal('TransientError');
    expect(inspect(error)).not.to.contain('secret');
  });

  it('counts no tokens where the answer cannot be right: sums of them made every status answer fail', async () => {
    const content = [{ toolUse: { toolUseId: 't', name: 'save_tasks', input: {} } }];
    for (const tokens of [Number.MAX_SAFE_INTEGER, 1e308, -1, 1.5, '7', null]) {
      const { usage } = await answerTo({ ...answerWith(content), usage: { inputTokens: tokens, outputTokens: 7 } });
      expect(usage, String(tokens)).to.include({ inputTokens: 0, outputTokens: 7 });
    }
  });

  it('measures how long the AI took to answer', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    clock.tick(500);
    try {
      const send = async () => {
        clock.tick(1234);
        const content = [{ toolUse: { toolUseId: 't', name: 'save_tasks', input: { tasks: [] } } }];
        return { output: { message: { role: 'assistant', content } }, usage: { inputTokens: 10, outputTokens: 20 } };
      };
      const answer = await askModel({ send }, 'model', goal, action, 1_000);
      expect(answer).to.deep.equal({
        input: { tasks: [] },
        usage: { inputTokens: 10, outputTokens: 20, latencyMs: 1234 },
      });
    } finally {
      clock.restore();
    }
  });

  const ask = (send: () => Promise<object>) => askModel({ send }, 'model', goal, action, 1_000);
  const named = (name: string, message = 'no', extra: object = {}) =>
    ask(() => Promise.reject(Object.assign(new Error(message), { name, ...extra })));

  it('takes an answer without the tool for one that may come right, and says why the model stopped', async () => {
    for (const [answer, reason] of [
      [{ output: { message: { content: [{ text: 'Sorry' }] } }, stopReason: 'end_turn' }, 'end_turn'],
      [{ output: { message: { content: [{ toolUse: { name: 'other', input: {} } }] } } }, 'unknown'],
      [{ output: { message: {} }, stopReason: 'max_tokens' }, 'max_tokens'],
      [{ output: {} }, 'unknown'],
      [{}, 'unknown'],
    ] as const) {
      const failure = await failureOf(ask(async () => answer));
      expect(failure).to.be.instanceOf(TransientError);
      expect(failure.message).to.contain(`stop reason ${reason}`);
    }
  });

  it('says what was paid for an answer without a tool call', async () => {
    const usage = { inputTokens: 10, outputTokens: 20 };
    const failure = await failureOf(ask(async () => ({ output: { message: { content: [] } }, usage })));
    expect(failure).to.be.instanceOf(RefusedAnswer);
    expect(Object(failure).usage).to.include(usage);
    expect(Object(failure).usage.latencyMs).to.be.a('number');
  });

  it('finds the tool behind other blocks, and counts no tokens where none are told', async () => {
    const content = [{ text: 'Here' }, { toolUse: { name: 'save_tasks', input: 7 } }];
    for (const usage of [undefined, {}]) {
      const answer = await ask(async () => ({ output: { message: { content } }, usage }));
      expect(answer).to.deep.include({ input: 7 });
      expect(answer.usage).to.include({ inputTokens: 0, outputTokens: 0 });
    }
  });

  for (const name of [
    'ThrottlingException',
    'InternalServerException',
    'ServiceUnavailableException',
    'ModelTimeoutException',
    'ModelNotReadyException',
    'ModelErrorException',
  ]) {
    it(`takes ${name} for a fault that passes`, async () => {
      const failure = await failureOf(named(name, 'busy'));
      expect(failure).to.be.instanceOf(TransientError).with.property('message', `${name}: busy`);
      expect(failure.cause).to.include({ name });
    });
  }

  it('takes the end of its own time for an AI that did not answer, and no other timeout', async () => {
    const ended = await failureOf(named('AbortError'));
    expect(ended).to.be.instanceOf(AiTimeout).with.property('message').that.contains('in time');
    expect(ended.cause).to.include({ name: 'AbortError' });
    const unconnected = await failureOf(named('TimeoutError', 'no connection'));
    expect(unconnected).to.be.instanceOf(TransientError).with.property('message', 'TimeoutError: no connection');
    expect(unconnected).not.to.be.instanceOf(AiTimeout);
  });

  it('takes a quota that is exhausted for good, also where it looks like throttling', async () => {
    for (const failing of [
      named('ServiceQuotaExceededException', 'all used'),
      named('ThrottlingException', 'Too many tokens per day, please wait'),
    ]) {
      expect(await failureOf(failing))
        .to.be.instanceOf(PermanentError)
        .with.property('message')
        .that.contains('quota');
      expect((await failureOf(failing)).cause).to.be.instanceOf(Error);
    }
  });

  for (const [name, httpStatusCode] of [
    ['AccessDeniedException', 403],
    ['ValidationException', 400],
    ['ResourceNotFoundException', 404],
    ['UnknownError', 499],
  ] as const) {
    it(`takes ${name}, which the service said with ${httpStatusCode}, for good`, async () => {
      const failure = await failureOf(named(name, 'no', { $metadata: { httpStatusCode } }));
      expect(failure).to.be.instanceOf(PermanentError).with.property('message', `${name}: no`);
      expect(failure.cause).to.include({ name });
    });
  }

  it('takes all that the service did not clearly refuse for a fault that passes', async () => {
    for (const failing of [
      named('ModelErrorException', 'no', { $metadata: { httpStatusCode: 424 } }),
      named('Unknown', 'no', { $metadata: { httpStatusCode: 503 } }),
      named('Error', 'reset', { code: 'ECONNRESET' }),
      named('Error', 'closed', { code: 'ERR_HTTP2_INVALID_SESSION' }),
      named('Error', 'the socket is gone'),
      ask(() => Promise.reject('text')),
    ]) {
      const failure = await failureOf(failing);
      expect(failure).to.be.instanceOf(TransientError);
      expect(failure.cause).not.to.equal(undefined);
    }
  });

  it('asks the model that it was given, and gives the call up after its time', async () => {
    let asked: unknown;
    const send = (command: { input: object }, { abortSignal }: { abortSignal: AbortSignal }) => {
      asked = command.input;
      return new Promise<never>((_resolve, reject) =>
        abortSignal.addEventListener('abort', () =>
          reject(Object.assign(new Error('aborted'), { name: 'AbortError' })),
        ),
      );
    };
    const client = Object.assign(createModelClient({ region: 'x' }), { send });
    const failure = await failureOf(askModel(client, 'model-1', goal, action, 1));
    expect(failure.message).to.contain('in time');
    expect(asked).to.deep.include({ modelId: 'model-1', ...buildRequest(goal, action) });
  });
});
