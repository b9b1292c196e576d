import { canonical } from '../model/items.ts';

/** How the code of an invocation ended. */
export interface Ended {
  /** What it returned, or threw. */
  readonly value: unknown;
  /** Of an HTTP Lambda. */
  readonly status: number | undefined;
  /** The parsed body of an HTTP answer, or the result of a state. */
  readonly body: unknown;
  readonly error: Error | undefined;
  /** The same for equal answers. */
  readonly summary: string;
}

/** What stands under a name in data of any shape. */
export const field = (value: unknown, name: string): unknown => Reflect.get(Object(value), name);

/** The same as text; empty when it is none. */
export function text(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
}

export function endedOf(settled: PromiseSettledResult<unknown>): Ended {
  if (settled.status === 'rejected') {
    const value: unknown = settled.reason;
    const error = value instanceof Error ? value : new Error(String(value));
    return { value, status: undefined, body: undefined, error, summary: `${error.name}: ${error.message}` };
  }
  const { value } = settled;
  const status = field(value, 'statusCode');
  if (typeof status !== 'number') {
    return { value, status: undefined, body: value, error: undefined, summary: canonical(value ?? null) };
  }
  const body = text(value, 'body');
  const parsed: unknown = body === '' ? undefined : JSON.parse(body);
  return { value, status, body: parsed, error: undefined, summary: `${status} ${body}` };
}
