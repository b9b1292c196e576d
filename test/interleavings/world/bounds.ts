import type { Lambda } from './lambdas.ts';

/**
 * What may befall a call:
 * `fail`: not done, no answer; `lost`: done, no answer; `echo`: done, and sent again by the SDK, which got no answer;
 * `crashBefore`, `crashAfter`: the function dies before or after it; `deny`: StartExecution is refused for good;
 * `orphan`: Step Functions gives the invocation up, which goes on.
 */
export const MODES = ['fail', 'lost', 'echo', 'crashBefore', 'crashAfter', 'deny', 'orphan'] as const;
export type Mode = (typeof MODES)[number];

const modes: readonly Mode[] = [];
const atomic: readonly Lambda[] = ['get-actions', 'create-batches'];

/** What a schedule may hold, at most, unless its scenario says otherwise. */
export const BOUNDS = {
  faults: 0,
  modes,
  /** Transactions that lie open while others run. */
  opens: 0,
  /** Of these, those that queries see half done. */
  torn: 0,
  /** Deliveries of each status event. */
  events: 1,
  /** Attempts of a state after the first one. */
  retries: 1,
  /** Queries of an index that miss the last one or two changes. */
  lags: 0,
  /** Answers of DescribeExecution that miss the last change. */
  stales: 0,
  /** Seconds that each call of a sweep takes. */
  sweepCallSeconds: 0,
  /** Lambdas whose calls all come at once: nobody else comes in between. */
  atomic,
  /** Actions of a batch; 8 when deployed. */
  batchSize: 8,
  /** Whether GenerateTasks runs; otherwise the machine makes the tasks up. */
  generates: false,
  /** Whether answers may come before a repair that they do not wait for. */
  waits: false,
  /** Whether reads of rows that do not change, pauses, metrics and AI calls are points of interleaving too. */
  everything: false,
};
export type Bounds = Readonly<typeof BOUNDS>;
