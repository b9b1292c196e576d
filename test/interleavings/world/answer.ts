import { canonical } from '../model/items.ts';

/** How the code of an invocation ended. */
export interface Ended {
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
    const error = settled.reason instanceof Error ? settled.reason : new Error(String(settled.reason));
    return { status: undefined, body: undefined, error, summary: `${error.name}: ${error.message}` };
  }
  const { value } = settled;
  const status = field(value, 'statusCode');
  if (typeof status !== 'number')
    return { status: undefined, body: value, error: undefined, summary: canonical(value) };
  const body = text(value, 'body');
  return { status, body: body === '' ? undefined : JSON.parse(body), error: undefined, summary: `${status} ${body}` };
}
