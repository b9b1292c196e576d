import { setTimeout as sleep } from 'node:timers/promises';
import { type AwsFaults, createDraw } from './aws-faults.ts';

/** How a service behaves in an outage: it throttles, fails, or does not answer. */
const KINDS = ['throttles', 'fails', 'is silent'] as const;

/** A call that was not answered: named as Step Functions names what the SDK then throws. */
export class NoAnswer extends Error {
  override readonly name = 'SdkClientException';
}

export interface OutageOptions {
  /** Of the calls: those with which an outage begins. */
  readonly share: number;
  readonly outageMs: number;
  /** Draws numbers in [0, 1) by what they are for. */
  readonly draw: (what: string) => number;
  /** What the service throws when it throttles, and when it fails. */
  readonly throttled: () => Error;
  readonly failed: () => Error;
}

/** A service's outages, which all its callers meet together. */
export interface Outages {
  /**
   * Makes a call, or what becomes of it in an outage. Half of the calls that fail or get no answer are carried out all the same.
   * @throws NoAnswer at the end of the outage
   */
  meet<Result>(call: () => Result): Promise<Result>;
}

/** The outages of a service as AWS_FAULTS has them. */
export function outagesOf(
  service: 'states' | 'sns',
  faults: AwsFaults,
  errors: Pick<OutageOptions, 'throttled' | 'failed'>,
): Outages {
  const share = faults[`${service}Outage`];
  return createOutages({ share, outageMs: faults.outageMs, draw: createDraw(`${faults.seed} ${service}`), ...errors });
}

/** Makes the outages of a service. */
export function createOutages({ share, outageMs, draw, throttled, failed }: OutageOptions): Outages {
  let endsAt = Number.NEGATIVE_INFINITY;
  let kind: (typeof KINDS)[number] = 'throttles';
  return {
    async meet(call) {
      if (performance.now() >= endsAt) {
        if (share === 0 || draw('outage') >= share) return call();
        endsAt = performance.now() + outageMs;
        kind = KINDS[Math.floor(draw('kind of outage') * KINDS.length)] ?? kind;
      }
      if (kind === 'throttles') throw throttled();
      if (draw('carried out') < 0.5) carryOut(call);
      if (kind === 'fails') throw failed();
      // A caller that waits for nothing must not keep the process.
      await sleep(endsAt - performance.now(), undefined, { ref: false });
      throw new NoAnswer('Unable to execute HTTP request: Read timed out');
    },
  };
}

/** Nobody hears what comes of it. */
function carryOut(call: () => unknown): void {
  try {
    call();
  } catch {
    // Nor that it was refused.
  }
}
