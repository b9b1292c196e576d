import type { FunctionErrorBody } from './errors.ts';

/** One invocation, on its way to a worker. Payloads cross as JSON text, as they do on AWS. */
export interface Invoke {
  readonly requestId: string;
  readonly payload: string;
  readonly functionArn: string;
  /** Unix time in milliseconds. */
  readonly deadline: number;
}

/** What a worker says. A crash without a request id happened outside any invocation, as far as Node can tell. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'init-failure'; readonly error: FunctionErrorBody }
  | { readonly type: 'answer'; readonly requestId: string; readonly payload: string }
  | { readonly type: 'failure'; readonly requestId: string; readonly error: FunctionErrorBody }
  | { readonly type: 'crash'; readonly requestId?: string; readonly error: FunctionErrorBody };

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

function parseError(value: unknown): FunctionErrorBody | undefined {
  const { errorType, errorMessage, trace } = fieldsOf(value);
  if (typeof errorType !== 'string' || typeof errorMessage !== 'string') return undefined;
  return { errorType, errorMessage, ...(Array.isArray(trace) ? { trace: trace.map(String) } : {}) };
}

/** Undefined for a message that the worker's own code did not send: a bundle may call `process.send` too. */
export function parseReport(message: unknown): Report | undefined {
  const { type, requestId, payload, error } = fieldsOf(message);
  if (type === 'ready') return { type };
  if (type === 'answer') {
    return typeof requestId === 'string' && typeof payload === 'string' ? { type, requestId, payload } : undefined;
  }
  const body = parseError(error);
  if (body === undefined) return undefined;
  if (type === 'init-failure') return { type, error: body };
  if (type === 'failure' && typeof requestId === 'string') return { type, requestId, error: body };
  if (type === 'crash') return { type, error: body, ...(typeof requestId === 'string' ? { requestId } : {}) };
  return undefined;
}

export function parseInvoke(message: unknown): Invoke | undefined {
  const { requestId, payload, functionArn, deadline } = fieldsOf(message);
  const complete =
    typeof requestId === 'string' &&
    typeof payload === 'string' &&
    typeof functionArn === 'string' &&
    typeof deadline === 'number';
  return complete ? { requestId, payload, functionArn, deadline } : undefined;
}
