import type { FaultName } from '../../local/aws-faults.ts';
import { SEED } from './seed.ts';

/**
 * Faults of the AI for tests in which every action must be saved in the end: of a million actions not one has its four
 * calls fail.
 */
export const SELDOM = { aiReset: 0.001, aiCut: 0.001, aiEmpty: 0.001, aiThrottle: 0.001, aiUnavailable: 0.001 };

/**
 * The environment of a stack that is as unkind as AWS: every fault of AWS_FAULTS, drawn from this run's seed.
 * @param changes faults that a test wants otherwise; 0 turns one off
 */
export function unkind(changes: Partial<Record<FaultName, number>> = {}): { readonly AWS_FAULTS: string } {
  return { AWS_FAULTS: JSON.stringify({ all: true, seed: SEED, ...changes }) };
}
