/** An HTTP answer, ready to be sent; header names are in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An answer of API Gateway itself. */
export function gatewayAnswer(status: number, message: string, headers: Record<string, string> = {}): Answer {
  const body = Buffer.from(JSON.stringify({ message }));
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

export const INTERNAL_SERVER_ERROR = (): Answer => gatewayAnswer(500, 'Internal Server Error');
export const SERVICE_UNAVAILABLE = (): Answer => gatewayAnswer(503, 'Service Unavailable');

/**
 * What a client gets for the answer of a Lambda function, payload format 2.0: `text/plain; charset=utf-8` unless the
 * answer says otherwise. An answer that cannot be read is a 500. Observed on AWS by the authors of its Lambda test tool:
 * github.com/aws/aws-lambda-dotnet, Tools/LambdaTestTool-v2.
 */
export function lambdaAnswer(result: unknown): Answer {
  const { statusCode: status, headers = {}, body = '' } = Object(result);
  // 1xx is no final answer, and HTTP has no class beyond 5xx.
  const isFinal = Number.isInteger(status) && status >= 200 && status <= 599;
  if (!isFinal || typeof body !== 'string') return INTERNAL_SERVER_ERROR();
  try {
    const texts = Object.fromEntries(new Headers(headers));
    return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...texts }, body: Buffer.from(body) };
  } catch {
    return INTERNAL_SERVER_ERROR();
  }
}
