import { LIMITS } from '../schema.ts';
import type { OutcomeRow } from '../types.ts';

/** Seconds that one of the ceil(n / 24) waves of AI calls may take before a run counts as degraded (issue: AI latency above 5 s). */
const SLOW_WAVE_SECONDS = 30;
const IN_FLIGHT = LIMITS.batchesAtOnce * LIMITS.actionsPerBatch;

/** What to do about a run that was slow or lost actions (requirement 12); undefined when nothing is amiss. */
export function advise(outcomes: readonly OutcomeRow[], durationMs: number): string | undefined {
  const failed = outcomes.filter(({ outcome }) => outcome === 'FAILED');
  const named = (pattern: RegExp) => failed.some(({ error = '', reason = '' }) => pattern.test(`${error} ${reason}`));
  if (named(/Thrott|TooManyRequests|quota/i))
    return 'AI calls were throttled: raise the Bedrock quota or lower the concurrency.';
  if (named(/AccessDenied/)) return 'The AI refused access: check the model access and the role of generate-tasks.';
  if (named(/Timeout|in time/i)) return 'AI calls timed out: look at the model latency, consider a faster model.';
  if (failed.length > 0) return 'Actions failed: see their reasons in the execution record.';
  const seconds = durationMs / 1000 / Math.ceil(outcomes.length / IN_FLIGHT);
  return seconds > SLOW_WAVE_SECONDS
    ? 'The AI was slow: look at its latency, consider a faster model or fewer tokens.'
    : undefined;
}
