import { type AwsCall, AwsError } from '../endpoint.ts';

const THROTTLED = 'Too many requests, please wait before trying again.';
const UNAVAILABLE = "The service isn't currently available. Try again later.";
const FAILED = 'The system encountered an unexpected error during processing. Try your request again.';
const DENIED = "You don't have access to the model with the specified model ID.";

/** Status, class and wording as Bedrock Runtime answers them. */
export const FAULT_ERRORS = {
  throttle: () => new AwsError(429, 'ThrottlingException', THROTTLED),
  busy: (retryAfterSeconds?: number) => new AwsError(429, 'ThrottlingException', THROTTLED, { retryAfterSeconds }),
  unavailable: (retryAfterSeconds?: number) =>
    new AwsError(503, 'ServiceUnavailableException', UNAVAILABLE, { retryAfterSeconds }),
  error: () => new AwsError(500, 'InternalServerException', FAILED),
  denied: () => new AwsError(403, 'AccessDeniedException', DENIED),
} as const;

/** What the mock needs of a Converse request. */
export interface ConverseRequest {
  readonly modelId: string;
  /** The text of the last user message. */
  readonly text: string;
  /** The tool that the answer must use. */
  readonly tool: string;
  /** Everything a model would have to read, for the token count. */
  readonly input: string;
}

const invalid = (message: string) => new AwsError(400, 'ValidationException', message);

/**
 * Reads a Converse call. Its path has a model id, an inference profile id or an ARN, percent-encoded as the SDK does.
 * @throws AwsError as Bedrock refuses a call, as far as this mock uses it
 */
export function readConverseRequest({ request: { method }, path, body }: AwsCall): ConverseRequest {
  const encoded = /^\/model\/([\w.:%-]+)\/converse$/.exec(path)?.[1];
  if (method !== 'POST' || encoded === undefined)
    throw new AwsError(404, 'UnknownOperationException', 'The mock knows POST /model/{modelId}/converse alone.');
  const { messages, system, toolConfig } = Object(JSON.parse(body.toString('utf8')));
  const contents = [system, ...[messages].flat().map((message: unknown) => Object(message).content)];
  const asked = textOf(contents.at(-1));
  if (asked.trim() === '') throw invalid('A conversation must end with a user message, whose text must not be blank.');
  const { tools, toolChoice } = Object(toolConfig);
  const names = [tools].flat().map((tool: unknown) => Object(Object(tool).toolSpec).name);
  const tool: unknown = Object(Object(toolChoice).tool).name;
  if (typeof tool !== 'string' || !names.includes(tool))
    throw invalid('toolConfig.toolChoice.tool.name must be the name of a tool in toolConfig.tools.');
  const input = contents.map(textOf).join('') + JSON.stringify(toolConfig);
  return { modelId: decodeURIComponent(encoded), text: asked, tool, input };
}

const textOf = (content: unknown): string =>
  [content ?? []]
    .flat()
    .map((block: unknown) => String(Object(block).text ?? ''))
    .join('\n');

/** The body of an answer that calls the tool with an input. */
export function toolAnswer(request: ConverseRequest, toolUseId: string, input: unknown, latencyMs: number) {
  const inputTokens = estimateTokens(request.input);
  const outputTokens = estimateTokens(JSON.stringify(input) ?? '');
  const content = [{ toolUse: { toolUseId, name: request.tool, input } }];
  return {
    output: { message: { role: 'assistant', content } },
    stopReason: 'tool_use',
    usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    metrics: { latencyMs },
  };
}

/** Rule of thumb: four ASCII characters make a token, any other character is one. */
function estimateTokens(content: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII, control characters included
  const others = content.replace(/[\x00-\x7f]/g, '');
  return Math.max(1, Math.ceil((content.length - others.length) / 4) + Array.from(others).length);
}
