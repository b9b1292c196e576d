import type { ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { PermanentError, TransientError } from '@goal-activity/core/errors.ts';
import { expect } from 'chai';
import sinon from 'sinon';
import { failureOf } from '../../../test/support/failure.ts';
import { AiTimeout, askModel, createModelClient, RefusedAnswer } from '../src/bedrock.ts';
import { buildRequest } from '../src/prompt.ts';
import { answering, answerOf, useModel } from './model-server.ts';

const goal = { title: 'Run a marathon', description: '', deadline: null };
const action = { title: 'Jog', description: '', type: 'habit' as const };
const subject = { goal, action, today: new Date('2026-11-24T00:00:00.000Z') };

const ANSWER = answerOf({ tasks: [] });
const HALF = ANSWER.slice(0, 20);

describe('askModel', () => {
  const ask = (send: () => object | Promise<object>) => askModel({ send: async () => send() }, 'model', subject, 1_000);
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
    ['ModelErrorException', 'no', said(424), TransientError],
    ['Unknown', 'no', said(503), TransientError],
    ['Error', 'reset', { code: 'ECONNRESET' }, TransientError],
    ['Error', 'the socket is gone', {}, TransientError],
    ['TimeoutError', 'no connection', {}, TransientError],
    ['AbortError', 'no', {}, AiTimeout, 'The AI call did not answer in time'],
    ['AccessDeniedException', 'no', said(403), PermanentError],
    ['ValidationException', 'no', said(400), PermanentError],
    ['UnknownError', 'no', said(499), PermanentError],
    ['ServiceQuotaExceededException', 'used', {}, PermanentError, 'The AI quota is exhausted: used'],
    // It looks like throttling.
    ['ThrottlingException', 'Too many tokens per day', {}, PermanentError, 'The AI quota is exhausted: Too many'],
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

describe('the connection to Bedrock', () => {
  const model = useModel();
  type Serve = typeof model.serve;

  const connect = (endpoint = model.url) =>
    createModelClient({
      endpoint,
      region: 'ap-northeast-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  const ask = (client = connect(), timeoutMs = 5_000) => askModel(client, 'model', subject, timeoutMs);

  it('is HTTP/1.1, brings the request for the action, and is kept for the next call', async () => {
    const seen: unknown[] = [];
    const ports = new Set<unknown>();
    model.serve = async (request, response) => {
      ports.add(request.socket.remotePort);
      seen.push([request.httpVersion, request.url, await json(request)]);
      answering({ tasks: [] })(request, response);
    };
    const client = connect();
    await ask(client);
    await ask(client);
    const call = ['1.1', '/model/model/converse', JSON.parse(JSON.stringify(buildRequest(subject)))];
    expect(seen).to.deep.equal([call, call]);
    expect(ports.size).to.equal(1);
  });

  it('is one of its own for each of many calls at once', async () => {
    const held: ServerResponse[] = [];
    model.serve = (_request, response) => {
      held.push(response);
      if (held.length === 60) for (const each of held) each.end(ANSWER);
    };
    const client = connect();
    await Promise.all(Array.from({ length: 60 }, () => ask(client)));
    expect(held).to.have.length(60);
  });

  it('is given 3 s to be made, and an answer more time than the AI call has', async () => {
    const client = connect();
    await ask(client);
    const { requestHandler } = client.config;
    const limits: object = Reflect.apply(Reflect.get(requestHandler, 'httpHandlerConfigs'), requestHandler, []);
    expect(limits).to.include({ connectionTimeout: 3_000, throwOnRequestTimeout: true });
    for (const limit of ['requestTimeout', 'socketTimeout'])
      expect(Reflect.get(limits, limit), limit).to.be.within(118_001, 300_000);
  });

  /** Sends the begin of an answer whose length it has told, and then this happens. */
  const broken =
    (how: 'resetAndDestroy' | 'end'): Serve =>
    ({ socket }, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length });
      response.write(HALF, () => socket[how]());
    };
  for (const [what, how] of [
    ['is reset before the answer', ({ socket }) => socket.resetAndDestroy()],
    ['is reset in the middle of the answer', broken('resetAndDestroy')],
    ['is closed in the middle of the answer', broken('end')],
    ['brings an empty answer', (_request, response) => response.writeHead(200).end()],
    ['brings something that is not HTTP', ({ socket }) => socket.end('garbage\r\n\r\n')],
    ['brings an answer that is not JSON', (_request, response) => response.writeHead(200).end('<html>secret</html>')],
    ['brings a 503 of no known kind', (_request, response) => response.writeHead(503).end('<html>busy</html>')],
  ] as [string, Serve][]) {
    it(`that ${what} is a fault that may pass, not the end of the call's time, and costs one call`, async () => {
      let asked = 0;
      model.serve = (...call) => {
        asked += 1;
        how(...call);
      };
      const failure = await failureOf(ask());
      expect(failure).to.be.instanceOf(TransientError).and.not.instanceOf(AiTimeout);
      expect(inspect(failure)).not.to.contain('secret');
      expect(asked).to.equal(1);
    });
  }

  it('that cannot be made is a fault that may pass', async () => {
    const failure = await failureOf(ask(connect('http://127.0.0.1:1')));
    expect(failure).to.be.instanceOf(TransientError).and.not.instanceOf(AiTimeout);
  });

  for (const [what, how] of [
    ['nothing', () => undefined],
    ['half an answer', (_request, response) => response.writeHead(200).write(HALF)],
  ] as [string, Serve][]) {
    it(`that brings ${what} is given up after the call's time`, async () => {
      model.serve = how;
      expect(await failureOf(ask(connect(), 200)))
        .to.be.instanceOf(AiTimeout)
        .with.property('message')
        .that.contains('in time');
    });
  }
});
