import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CreateStateMachineCommand, SFNClient, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { listen, readBody } from '../../local/http/server.ts';
import { FunctionError, ThrottledError } from '../../local/lambda/errors.ts';
import { allStates, parseDefinition } from '../../local/step-functions/definition.ts';
import type { StackDescription } from '../../local/terraform.ts';
import { venvProgram } from './python.ts';

export interface SecondEngineOptions {
  readonly description: StackDescription;
  readonly timeScale: number;
  /** Makes the call of a Task state. */
  readonly call: (
    task: { readonly executionArn: string; readonly stateName: string },
    call: () => Promise<unknown>,
    payload: unknown,
  ) => Promise<unknown>;
  readonly invokeLambda: (functionArn: string, payload: unknown) => Promise<unknown>;
  /** Of the topics. */
  readonly snsUrl: () => string;
  /** An execution has been started. */
  readonly onStart: (executionArn: string) => void;
}

/** moto's Step Functions, whose tasks are done by the local stack. */
export interface SecondEngine {
  /** Of Step Functions' API. */
  readonly url: string;
  /** Of moto itself. */
  readonly motoUrl: string;
  /** Executions that start from now on run this definition. */
  setDefinition(definition: unknown): Promise<void>;
  close(): Promise<void>;
}

const PROGRAM = join(import.meta.dirname, 'second-engine.py');
const BODY_LIMIT = 16 * 1024 * 1024;
const INVOCATION = /^\/2015-03-31\/functions\/([^/]+)\/invocations/;

const field = (value: unknown, name: string): unknown => Reflect.get(Object(value), name);

/** Tells which state makes a call: the engine does not say. Functions are called by one state, but for UpdateProgress. */
function stateFinder({ stateMachine }: StackDescription) {
  const states = allStates(parseDefinition(stateMachine.definition));
  const statesOf = (resource: string) =>
    states.flatMap(([name, state]) => (state.Type === 'Task' && state.Resource === resource ? [name] : []));
  return {
    ofInvocation(functionArn: string, payload: unknown): string {
      const found = statesOf(functionArn);
      const isFailure = field(payload, 'failure') !== undefined;
      const name = found.length < 2 ? found[0] : found.find((each) => (each === 'ActionFailed') === isFailure);
      if (name === undefined) throw new Error(`no state calls ${functionArn}`);
      return name;
    },
    ofMessage: (kind: string) => ({ partial: 'NotifyPartial', escalation: 'EscalatePartial' })[kind] ?? 'NotifyFailure',
  };
}

/** What SNS has in a form: `MessageAttributes.entry.1.Value.StringValue` is the kind of a message of ours. */
const kindOf = (form: URLSearchParams) => form.get('MessageAttributes.entry.1.Value.StringValue') ?? '';
/** The execution that a message of ours is about. */
const executionIn = (message: string) => /^Execution: (\S+)$/m.exec(message)?.[1] ?? '';

function answer(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body);
}

/** What the SDK of the other engine makes an error of SNS from: `SNS.InternalErrorException` has the code `InternalError`. */
function answerSnsError(response: ServerResponse, { name, message }: Error): void {
  const code = name.replace(/^SNS\.|Exception$/g, '');
  const body = `<ErrorResponse><Error><Type>Receiver</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
  answer(response, 500, body, { 'content-type': 'text/xml' });
}

/** As Lambda does. */
function answerThrottled(response: ServerResponse): void {
  const headers = { 'x-amzn-errortype': 'TooManyRequestsException' };
  answer(response, 429, JSON.stringify({ Type: 'User', message: 'Rate Exceeded.' }), headers);
}

/** Starts moto and waits until it listens. */
async function startMoto(options: SecondEngineOptions, servicesPort: number) {
  const child = spawn(venvProgram('python'), [PROGRAM, '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      TIME_SCALE: String(options.timeScale),
      MOTO_PORT: String(servicesPort),
      MOTO_ACCOUNT_ID: options.description.account,
    },
  });
  const killWithParent = () => child.kill('SIGKILL');
  process.on('exit', killWithParent);
  const ended = once(child, 'close').finally(() => process.off('exit', killWithParent));
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      if (process.env.CONFORMANCE_LOG) console.error(line);
      output = `${output}${line}\n`.slice(-4096);
      const found = /Running on (http:\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error(`moto did not start: ${output}`)));
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Starts the second engine with the definition that is deployed. */
export async function startSecondEngine(options: SecondEngineOptions): Promise<SecondEngine> {
  const { description } = options;
  const { stateMachine } = description;
  const stateOf = stateFinder(description);

  async function invoke(functionArn: string, body: Buffer, response: ServerResponse): Promise<void> {
    const payload: unknown = JSON.parse(body.toString('utf8'));
    const task = {
      executionArn: String(field(payload, 'executionArn')),
      stateName: stateOf.ofInvocation(functionArn, payload),
    };
    try {
      const result = await options.call(task, () => options.invokeLambda(functionArn, payload), payload);
      answer(response, 200, JSON.stringify(result ?? null));
    } catch (thrown) {
      if (thrown instanceof ThrottledError) return answerThrottled(response);
      const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
      const error =
        thrown instanceof FunctionError ? message : JSON.stringify({ errorType: name, errorMessage: message });
      answer(response, 200, error, { 'x-amz-function-error': 'Unhandled' });
    }
  }

  async function publish(form: URLSearchParams, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const message = form.get('Message') ?? '';
    const task = { executionArn: executionIn(message), stateName: stateOf.ofMessage(kindOf(form)) };
    try {
      await options.call(task, async () => forward(options.snsUrl(), request, form.toString(), response), form);
    } catch (thrown) {
      answerSnsError(response, thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  async function forward(
    url: string,
    request: IncomingMessage,
    body: string,
    response: ServerResponse,
  ): Promise<Response> {
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const sent = new Headers(
      Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
    const answered = await fetch(url, { method: 'POST', headers: sent, body });
    const text = await answered.clone().text();
    answer(response, answered.status, text, { 'content-type': answered.headers.get('content-type') ?? '' });
    return answered;
  }

  async function states(
    target: string,
    request: IncomingMessage,
    body: string,
    response: ServerResponse,
  ): Promise<void> {
    // See differences.ts: WORKED_AROUND.alias.
    const sent = stateMachine.aliasArns.reduce(
      (text, alias) => text.replaceAll(`"${alias}"`, `"${stateMachine.arn}"`),
      body,
    );
    const answered = await forward(moto.url, request, sent, response);
    if (answered.ok && target.endsWith('.StartExecution'))
      options.onStart(String(field(await answered.json(), 'executionArn')));
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, BODY_LIMIT);
    const functionArn = INVOCATION.exec(request.url ?? '')?.[1];
    const target = request.headers['x-amz-target'];
    if (functionArn !== undefined) await invoke(decodeURIComponent(functionArn), body, response);
    else if (typeof target === 'string') await states(target, request, body.toString('utf8'), response);
    else await publish(new URLSearchParams(body.toString('utf8')), request, response);
  }

  // Its client takes a connection from its pool without looking whether it is still open.
  const server = createServer({ keepAliveTimeout: 300_000 }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (process.env.CONFORMANCE_LOG) console.error(error);
      response.destroy();
    });
  });
  const { port, url } = await listen(server, 0);
  const moto = await startMoto(options, port);
  const client = new SFNClient({
    endpoint: moto.url,
    region: description.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const roleArn = `arn:aws:iam::${description.account}:role/${stateMachine.name}`;
  const definition = JSON.stringify(stateMachine.definition);
  await client.send(new CreateStateMachineCommand({ name: stateMachine.name, definition, roleArn }));
  return {
    url,
    motoUrl: moto.url,
    async setDefinition(changed) {
      await client.send(
        new UpdateStateMachineCommand({ stateMachineArn: stateMachine.arn, definition: JSON.stringify(changed) }),
      );
    },
    async close() {
      client.destroy();
      await moto.stop();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
