import type { FunctionErrorBody } from './errors.ts';

/** One invocation, on its way to a worker. Payloads cross as JSON text, as they do on AWS. */
export interface Invoke {
  readonly requestId: string;
  readonly payload: string;
  /** Unix time in milliseconds. */
  readonly deadline: number;
}

/** What a worker says: that its bundle is loaded, and what became of each invocation. */
export type Report =
  | {
      readonly type: 'ready';
      /** Where a debugger enters, such as `ws://127.0.0.1:9229/<uuid>`. */
      readonly inspectUrl: string | undefined;
    }
  | { readonly type: 'answer'; readonly requestId: string; readonly payload: string }
  | {
      readonly type: 'failure';
      /** Undefined when it happened outside any invocation, as far as Node can tell. */
      readonly requestId: string | undefined;
      readonly error: FunctionErrorBody;
      /** Whether the process ends by it. */
      readonly isCrash: boolean;
    };
