import type { Lambda } from './lambdas.ts';

/**
 * What may befall a call:
 * `fail`: not done, no answer; `lost`: done, no answer; `echo`: done, and sent again by the SDK, which got no answer;
 * `crashBefore`, `crashAfter`: the function dies before or after it; `deny`: StartExecution is refused for good;
 * `orphan`: Step Functions gives the invocation up, which goes on.
 */
export const MODES = ['fail', 'lost', 'echo', 'crashBefore', 'crashAfter', 'deny', 'orphan'] as const;
export type Mode = (typeof MODES)[number];

/** What a schedule may hold, at most. */
export interface Bounds {
  readonly faults: number;
  readonly modes: readonly Mode[];
  /** Transactions that lie open while others run. */
  readonly opens: number;
  /** Of these, those that queries see half done. */
  readonly torn: number;
  /** Deliveries of each status event. */
  readonly events: number;
  /** Attempts of a state after the first one. */
  readonly retries: number;
  /** Queries of an index that miss the last one or two changes. */
  readonly lags: number;
  /** Answers of DescribeExecution that miss the last change. */
  readonly stales: number;
  /** Seconds that each call of a sweep takes. */
  readonly sweepCallSeconds: number;
  /** Lambdas whose calls all come at once: nobody else comes in between. */
  readonly atomic: readonly Lambda[];
  /** Actions of a batch; 8 when deployed. */
  readonly batchSize: number;
  /** Whether GenerateTasks runs; otherwise the machine makes the tasks up. */
  readonly generates: boolean;
  /** Whether answers may come before a repair that they do not wait for. */
  readonly waits: boolean;
  /** Whether reads of rows that do not change, pauses, metrics and AI calls are points of interleaving too. */
  readonly everything: boolean;
}

export const BOUNDS: Bounds = {
  faults: 0,
  modes: [],
  opens: 0,
  torn: 0,
  events: 1,
  retries: 1,
  lags: 0,
  stales: 0,
  sweepCallSeconds: 0,
  atomic: ['get-actions', 'create-batches'],
  batchSize: 8,
  generates: false,
  waits: false,
  everything: false,
};
