import type { GeneratedTask } from './tasks.ts';

/** An error answer of Bedrock Runtime: the SDK makes the exception class from `type`. */
export class BedrockError extends Error {
  override readonly name = 'BedrockError';
  readonly status: number;
  readonly type: string;
  /** For the header `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, type: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.type = type;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const tooManyRequests = (retryAfterSeconds?: number) =>
  new BedrockError(
    429,
    'ThrottlingException',
    'Too many requests, please wait before trying again.',
    retryAfterSeconds,
  );

/** Status, class and wording as Bedrock Runtime answers them. */
export const FAULT_ERRORS = {
  throttle: () => tooManyRequests(),
  busy: (retryAfterSeconds?: number) => tooManyRequests(retryAfterSeconds),
  unavailable: (retryAfterSeconds?: number) =>
    new BedrockError(
      503,
      'ServiceUnavailableException',
      "The service isn't currently available. Try again later.",
      retryAfterSeconds,
    ),
  error: () =>
    new BedrockError(
      500,
      'InternalServerException',
      'The system encountered an unexpected error during processing. Try your request again.',
    ),
  denied: () =>
    new BedrockError(403, 'AccessDeniedException', "You don't have access to the model with the specified model ID."),
} as const;

/** What the mock needs of a Converse request. */
export interface ConverseRequest {
  /** The text of the last user message. */
  text: string;
  /** The tool that the answer must use; undefined when the request offers none. */
  tool: string | undefined;
  /** Everything a model would have to read, for the token count. */
  input: string;
}

/** The path of Converse, with a model id, an inference profile id or an ARN, percent-encoded as the SDK does. */
export function converseModelId(path: string): string | undefined {
  const encoded = /^\/model\/([^/?#]+)\/converse$/.exec(path)?.[1];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/** Checks a Converse body as Bedrock does, as far as this mock uses it. Throws `BedrockError`. */
export function readConverseRequest(modelId: string, body: Buffer): ConverseRequest {
  if (!/^[a-zA-Z0-9_:./-]{1,2048}$/.test(modelId)) throw invalid('The provided model identifier is invalid.');
  const request = parseObject(body);
  const messages = Array.isArray(request.messages) ? request.messages.filter(isRecord) : [];
  if (messages.length === 0) throw invalid('A conversation must start with a user message.');
  const last = messages.findLast((message) => message.role === 'user');
  const text = last === undefined ? '' : textOf(last.content);
  if (text.trim() === '')
    throw invalid('The text field in the ContentBlock object is blank. Add text to the text field, and try again.');
  return {
    text,
    tool: forcedTool(request.toolConfig),
    input: `${textOf(request.system)}${messages.map(({ content }) => textOf(content)).join('')}${JSON.stringify(request.toolConfig ?? '')}`,
  };
}

/** The body of an answer that uses `tool` with `input`. */
export function toolAnswer(
  tool: string,
  toolUseId: string,
  input: unknown,
  request: ConverseRequest,
  latencyMs: number,
) {
  const content = [{ toolUse: { toolUseId, name: tool, input } }];
  return answer(content, 'tool_use', JSON.stringify(input), request, latencyMs);
}

/** The body of an answer in words, which a request without tools gets. */
export function textAnswer(tasks: readonly GeneratedTask[], request: ConverseRequest, latencyMs: number) {
  const text = tasks.map(({ title, description }) => `- ${title}: ${description}`).join('\n');
  return answer([{ text }], 'end_turn', text, request, latencyMs);
}

function answer(content: unknown[], stopReason: string, output: string, request: ConverseRequest, latencyMs: number) {
  const inputTokens = estimateTokens(request.input);
  const outputTokens = estimateTokens(output);
  return {
    output: { message: { role: 'assistant', content } },
    stopReason,
    usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    metrics: { latencyMs },
  };
}

/** Rule of thumb: four ASCII characters make a token, any other character is one. */
export function estimateTokens(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII, control characters included
  const others = text.replace(/[\x00-\x7f]/g, '');
  return Math.max(1, Math.ceil((text.length - others.length) / 4) + Array.from(others).length);
}

function forcedTool(toolConfig: unknown): string | undefined {
  if (toolConfig === undefined || toolConfig === null) return undefined;
  if (!isRecord(toolConfig) || !Array.isArray(toolConfig.tools)) throw invalid('toolConfig.tools must be a list.');
  const names = toolConfig.tools.flatMap((tool: unknown) =>
    isRecord(tool) &&
    isRecord(tool.toolSpec) &&
    typeof tool.toolSpec.name === 'string' &&
    isRecord(tool.toolSpec.inputSchema)
      ? [tool.toolSpec.name]
      : [],
  );
  if (names.length === 0) throw invalid('toolConfig.tools must hold a toolSpec with a name and an inputSchema.');
  const choice = isRecord(toolConfig.toolChoice) ? toolConfig.toolChoice.tool : undefined;
  if (choice === undefined) return names[0];
  const name = isRecord(choice) ? choice.name : undefined;
  const chosen = names.find((known) => known === name);
  if (chosen === undefined)
    throw invalid('toolConfig.toolChoice.tool.name must be the name of a tool in toolConfig.tools.');
  return chosen;
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content
    .flatMap((block: unknown) => (isRecord(block) && typeof block.text === 'string' ? [block.text] : []))
    .join('\n');
}

function parseObject(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new BedrockError(400, 'SerializationException', 'The request body is not JSON.');
  }
  if (!isRecord(value)) throw new BedrockError(400, 'SerializationException', 'The request body is not a JSON object.');
  return value;
}

function invalid(message: string): BedrockError {
  return new BedrockError(400, 'ValidationException', message);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
