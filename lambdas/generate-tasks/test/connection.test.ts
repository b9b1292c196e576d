import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { TransientError } from '@goal-activity/core/errors.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { AiTimeout, askModel, createModelClient } from '../src/bedrock.ts';

const goal = { title: 'Run a marathon', description: '', deadline: null };
const action = { title: 'Jog', description: '', type: 'habit' as const };
const ANSWER = JSON.stringify({
  output: {
    message: {
      role: 'assistant',
      content: [{ toolUse: { toolUseId: 't', name: 'save_tasks', input: { tasks: [] } } }],
    },
  },
  stopReason: 'tool_use',
  usage: { inputTokens: 10, outputTokens: 20, totalTokens: 30 },
  metrics: { latencyMs: 1 },
});

/** What the service does with a request. */
type Serve = (request: IncomingMessage, response: ServerResponse) => void;

const answer: Serve = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);
};

describe('the connection to Bedrock', () => {
  let server: Server;
  let url = '';
  let serve: Serve = answer;
  beforeEach(async () => {
    serve = answer;
    server = createServer((request, response) => serve(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
    url = `http://127.0.0.1:${address.port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const connect = () =>
    createModelClient({
      endpoint: url,
      region: 'ap-northeast-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  const ask = (client = connect(), timeoutMs = 5_000) => askModel(client, 'model', goal, action, timeoutMs);

  it('is HTTP/1.1, and is kept for the next call', async () => {
    const seen: { version: string; port: number | undefined }[] = [];
    serve = (request, response) => {
      seen.push({ version: request.httpVersion, port: request.socket.remotePort });
      answer(request, response);
    };
    const client = connect();
    await ask(client);
    await ask(client);
    expect(seen.map(({ version }) => version)).to.deep.equal(['1.1', '1.1']);
    expect(seen[0]?.port).to.equal(seen[1]?.port);
  });

  it('is one of its own for each of many calls at once', async () => {
    const held: ServerResponse[] = [];
    serve = (_request, response) => {
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

  const broken: [what: string, serve: Serve][] = [
    ['is reset before the answer', (request) => void request.socket.resetAndDestroy()],
    ['is closed before the answer', (request) => void request.socket.end()],
    [
      'is reset in the middle of the answer',
      (request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length });
        response.write(ANSWER.slice(0, 20), () => request.socket.resetAndDestroy());
      },
    ],
    [
      'is closed in the middle of the answer',
      (request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length });
        response.write(ANSWER.slice(0, 20), () => request.socket.end());
      },
    ],
    ['brings an empty answer', (_request, response) => void response.writeHead(200).end()],
    ['brings something that is not HTTP', (request) => void request.socket.end('garbage\r\n\r\n')],
    ['brings half an answer', (_request, response) => void response.writeHead(200).end(ANSWER.slice(0, 20))],
    ['brings a 503 of no known kind', (_request, response) => void response.writeHead(503).end('<html>busy</html>')],
    ['brings a 429 of no known kind', (_request, response) => void response.writeHead(429).end()],
  ];
  for (const [what, how] of broken) {
    it(`that ${what} is a fault that may pass, not the end of the call's time, and costs one call`, async () => {
      let asked = 0;
      serve = (...call) => {
        asked += 1;
        how(...call);
      };
      expect(await failureOf(ask()))
        .to.be.instanceOf(TransientError)
        .and.not.instanceOf(AiTimeout);
      expect(asked).to.equal(1);
    });
  }

  it('that cannot be made is a fault that may pass', async () => {
    const client = connect();
    server.close();
    await once(server, 'close');
    const failure = await failureOf(ask(client));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    expect(failure).to.be.instanceOf(TransientError).and.not.instanceOf(AiTimeout);
  });

  for (const [what, how] of [
    ['nothing', () => {}],
    ['half an answer', (_request, response) => void response.writeHead(200).write(ANSWER.slice(0, 20))],
  ] as [string, Serve][]) {
    it(`that brings ${what} is given up after the call's time`, async () => {
      serve = how;
      expect(await failureOf(ask(connect(), 200))).to.be.instanceOf(AiTimeout);
    });
  }
});
