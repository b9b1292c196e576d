import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { type AwsAnswer, AwsError } from '../../../local/aws/endpoint.ts';
import { FunctionError, ThrottledError } from '../../../local/aws/lambda/errors.ts';
import { allStates, parseDefinition } from '../../../local/aws/step-functions/engine/definition.ts';
import type { TaskContext } from '../../../local/aws/step-functions/index.ts';
import { listen, readBody } from '../../../local/http/server.ts';
import type { StackDescription } from '../../../local/terraform/stack-description.ts';
import { field } from './scripts.ts';

export interface ServicesOptions {
  readonly description: StackDescription;
  /** Stands around each call of a Task state. */
  readonly aroundTask: (task: TaskContext, call: () => Promise<unknown>, payload: unknown) => Promise<unknown>;
  readonly invoke: (functionArn: string, payload: unknown) => Promise<unknown>;
  /** Of the topics. */
  readonly snsUrl: () => string;
  /** Of moto. */
  readonly motoUrl: () => string;
  /** An execution has been started. */
  readonly onStart: (executionArn: string) => void;
}

const BODY_LIMIT = 16 * 1024 * 1024;
const INVOCATION = /^\/2015-03-31\/functions\/([^/]+)\/invocations/;
const XML = { 'content-type': 'text/xml' };

/**
 * The state that calls a function, and its execution: moto's own calls do not say. A function is called by one state, but for
 * UpdateProgress, which gets a failure from ActionFailed.
 */
function callerOf({ stateMachine }: StackDescription, functionArn: string, payload: unknown): TaskContext {
  const found = allStates(parseDefinition(stateMachine.definition)).flatMap(([name, state]) =>
    state.Type === 'Task' && state.Resource === functionArn ? [name] : [],
  );
  const isFailure = field(payload, 'failure') !== undefined;
  const stateName = found.length < 2 ? found[0] : found.find((name) => (name === 'ActionFailed') === isFailure);
  if (stateName === undefined) throw new Error(`no state calls ${functionArn}`);
  return { executionArn: String(field(payload, 'executionArn')), stateName };
}

/** The states that publish, by the kind of their messages. */
const PUBLISHERS: Readonly<Record<string, string>> = { partial: 'NotifyPartial', escalation: 'EscalatePartial' };

/** The same of a message: ours say what they are about, and have their kind for their one attribute. */
function publisherOf(form: URLSearchParams): TaskContext {
  const kind = form.get('MessageAttributes.entry.1.Value.StringValue') ?? '';
  const executionArn = /^Execution: (\S+)$/m.exec(form.get('Message') ?? '')?.[1] ?? '';
  return { executionArn, stateName: PUBLISHERS[kind] ?? 'NotifyFailure' };
}

/** Lambda's answer for a call that failed. */
function lambdaFailure(thrown: unknown): AwsAnswer {
  if (thrown instanceof ThrottledError) {
    const headers = { 'x-amzn-errortype': 'TooManyRequestsException' };
    return { status: 429, body: JSON.stringify({ Type: 'User', message: thrown.message }), headers };
  }
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  // See differences.ts: WORKED_AROUND.serviceError.
  const error = thrown instanceof FunctionError ? message : JSON.stringify({ errorType: name, errorMessage: message });
  return { status: 200, body: error, headers: { 'x-amz-function-error': 'Unhandled' } };
}

/** SNS's answer for a message that it did not take. */
function snsFailure(thrown: unknown): AwsAnswer {
  const { cause } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { status, code, message } = cause instanceof AwsError ? cause : new AwsError(500, 'InternalError', `${thrown}`);
  const error = `<Error><Type>Receiver</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, body: `<ErrorResponse>${error}<RequestId>none</RequestId></ErrorResponse>`, headers: XML };
}

/** Passes a request on as it is, but for what belongs to its connection. */
async function pass(url: string, received: IncomingHttpHeaders, body: string): Promise<AwsAnswer> {
  const { host: _host, connection: _connection, 'content-length': _length, ...headers } = received;
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  const response = await fetch(url, { method: 'POST', headers: sent, body });
  const type = { 'content-type': response.headers.get('content-type') ?? '' };
  return { status: response.status, body: await response.text(), headers: type };
}

/**
 * What moto and the Lambdas find in place of AWS: Lambda and SNS for moto, whose calls the local stack carries out, and Step
 * Functions for the Lambdas, which is moto.
 */
export async function startServices(options: ServicesOptions) {
  const { description } = options;
  const { stateMachine } = description;

  async function invoke(functionArn: string, body: string): Promise<AwsAnswer> {
    const payload: unknown = JSON.parse(body);
    const call = () => options.invoke(functionArn, payload);
    try {
      const result = await options.aroundTask(callerOf(description, functionArn, payload), call, payload);
      return { status: 200, body: JSON.stringify(result ?? null) };
    } catch (thrown) {
      return lambdaFailure(thrown);
    }
  }

  async function publish(headers: IncomingHttpHeaders, body: string): Promise<AwsAnswer> {
    let answer = snsFailure('the message was not passed on');
    try {
      const call = async () => {
        answer = await pass(options.snsUrl(), headers, body);
      };
      await options.aroundTask(publisherOf(new URLSearchParams(body)), call, undefined);
      return answer;
    } catch (thrown) {
      return snsFailure(thrown);
    }
  }

  async function states(target: string, headers: IncomingHttpHeaders, body: string): Promise<AwsAnswer> {
    // See differences.ts: WORKED_AROUND.alias.
    const known = stateMachine.aliasArns.reduce(
      (text, arn) => text.replaceAll(`"${arn}"`, `"${stateMachine.arn}"`),
      body,
    );
    const answer = await pass(options.motoUrl(), headers, known);
    if (answer.status === 200 && target.endsWith('.StartExecution')) {
      options.onStart(String(field(JSON.parse(String(answer.body)), 'executionArn')));
    }
    return answer;
  }

  async function serve(request: IncomingMessage): Promise<AwsAnswer> {
    const body = (await readBody(request, BODY_LIMIT)).toString('utf8');
    const functionArn = INVOCATION.exec(request.url ?? '')?.[1];
    if (functionArn !== undefined) return invoke(decodeURIComponent(functionArn), body);
    const target = request.headers['x-amz-target'];
    return typeof target === 'string' ? states(target, request.headers, body) : publish(request.headers, body);
  }

  // moto takes a connection from its pool without looking whether it is still open.
  const server = createServer({ keepAliveTimeout: 600_000 }, async (request, response) => {
    try {
      const { status = 200, body, headers } = await serve(request);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    } catch {
      response.destroy();
    }
  });
  const address = await listen(server, 0);
  return {
    ...address,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
