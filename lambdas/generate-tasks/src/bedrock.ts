import { BedrockRuntimeClient, ConverseCommand, type ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { judge } from '@goal-activity/core/aws/boundary.ts';
import { type ClientConfig, createClient, handlerLimits } from '@goal-activity/core/aws/clients.ts';
import { describeError, PermanentError, TransientError } from '@goal-activity/core/errors.ts';
import type { Usage } from '@goal-activity/core/types.ts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { buildRequest, type Subject, TOOL_NAME } from './prompt.ts';

/** What the model put into the tool call, unchecked, and what the call took: tokens, and milliseconds as seen from here. */
export interface Answer {
  readonly input: unknown;
  readonly usage: Usage;
}

/** The AI did not answer within the time that the call was given. */
export class AiTimeout extends TransientError {}

/** The AI answered, and is paid for it, but nothing can be saved of its answer. */
export class RefusedAnswer extends TransientError {
  readonly usage: Usage;

  constructor(message: string, usage: Usage) {
    super(message);
    this.usage = usage;
  }
}

/** What Bedrock did not clearly refuse may pass, as may all that befalls the connection; a quota for the day does not come back in seconds. */
function classifyBedrock(thrown: unknown): Error {
  if (thrown instanceof TransientError) return thrown;
  const { name, message } = describeError(thrown);
  if (name === 'AbortError') return new AiTimeout('The AI call did not answer in time', { cause: thrown });
  if (name === 'ServiceQuotaExceededException' || /too many tokens per day/i.test(message)) {
    return new PermanentError(`The AI quota is exhausted: ${message}`, { cause: thrown });
  }
  // An answer that is no JSON, or has not the shape of an answer. Its text, which the error quotes, stays out of the log.
  if (thrown instanceof SyntaxError || thrown instanceof TypeError) {
    return new TransientError('The AI gave an answer that cannot be read');
  }
  const Class = judge(thrown) === 'refused' ? PermanentError : TransientError;
  return new Class(`${name}: ${message}`, { cause: thrown });
}

/** The SDK checks no answer: its types are what an answer should be. */
function toolCall(content: unknown): { input?: unknown } | undefined {
  if (!Array.isArray(content)) return undefined;
  return content.find((block) => block?.toolUse?.name === TOOL_NAME)?.toolUse;
}

const stopReason = (reason: unknown) => (typeof reason === 'string' && /^\w{1,40}$/.test(reason) ? reason : 'unknown');

/** More tokens than any model takes or gives. Sums of larger numbers leave those that are read back from the database. */
const MOST_TOKENS = 10_000_000;

const count = (tokens: unknown) =>
  typeof tokens === 'number' && Number.isInteger(tokens) && tokens >= 0 && tokens <= MOST_TOKENS ? tokens : 0;

/**
 * One Converse call, without retries of its own: the state machine retries (requirement 3), and a retry hidden in
 * the client would double the wait and the cost.
 * @param timeoutMs after which the call is aborted and counts as transient
 * @param requestMetadata says in Bedrock's own log of calls, where an account keeps one, what each was for: ids of ours, which
 * have no character that it refuses (Bedrock API reference, Converse: `[a-zA-Z0-9\\s:_@$#=/+,.-]{0,256}`)
 */
export async function askModel(
  client: Pick<BedrockRuntimeClient, 'send'>,
  modelId: string,
  subject: Subject,
  timeoutMs: number,
  requestMetadata?: Readonly<Record<string, string>>,
): Promise<Answer> {
  const request: ConverseCommandInput = {
    modelId,
    ...(requestMetadata && { requestMetadata }),
    ...(buildRequest(subject) as Omit<ConverseCommandInput, 'modelId'>),
  };
  const started = performance.now();
  try {
    const answer = await client.send(new ConverseCommand(request), { abortSignal: AbortSignal.timeout(timeoutMs) });
    const call = toolCall(answer.output?.message?.content);
    const latencyMs = Math.round(performance.now() - started);
    const { inputTokens, outputTokens } = answer.usage ?? {};
    const usage = { inputTokens: count(inputTokens), outputTokens: count(outputTokens), latencyMs };
    if (call === undefined)
      throw new RefusedAnswer(`The AI did not call the tool (stop reason ${stopReason(answer.stopReason)})`, usage);
    return { input: call.input, usage };
  } catch (thrown) {
    throw classifyBedrock(thrown);
  }
}

/** Longer than any AI call has (AI_TIMEOUT_MS), which ends by its own time. */
const REQUEST_MS = 120_000;

/**
 * The client: one attempt a call, over HTTP/1.1. The SDK's HTTP/2 handler, its default here, knows no limit for connecting,
 * and keeps sessions that end while Lambda sleeps.
 * @param changes of tests
 */
export const createModelClient = (changes: ClientConfig = {}) =>
  createClient(BedrockRuntimeClient, {
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(handlerLimits(REQUEST_MS)),
    ...changes,
  });
