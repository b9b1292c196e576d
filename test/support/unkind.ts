import type { FaultName } from '../../local/aws-faults.ts';
import { SEED } from './seed.ts';

/**
 * The environment of a stack that is as unkind as AWS: every fault of AWS_FAULTS, drawn from this run's seed.
 * @param changes faults that a test wants otherwise; 0 turns one off
 */
export function unkind(changes: Partial<Record<FaultName, number>> = {}): { readonly AWS_FAULTS: string } {
  return { AWS_FAULTS: JSON.stringify({ all: true, seed: SEED, ...changes }) };
}
