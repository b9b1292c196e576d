import { isSlow, type Times } from '../pace/pace.ts';
import type { OutcomeRow } from '../types.ts';

/**
 * What a failure says when the model may not be called: denied access that is not to a service of ours, a use case form that was not
 * sent, or a model at its end (Amazon Bedrock User Guide, "Request access to models").
 */
export const MODEL_ACCESS =
  /AccessDenied(?!.*not authorized to perform:? (?!bedrock|aws-marketplace))|FTUFormNotFilled|use case details|end of its life|marked by provider as Legacy/i;

/** What lost actions were lost to, and what to do about it; the first that fits. */
const FAILURES: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/Thrott|TooManyRequests|quota/i, 'AI calls were throttled: raise the Bedrock quota or lower the concurrency.'],
  [MODEL_ACCESS, 'The AI refused access: check the model access (make check-model) and the role of generate-tasks.'],
  [/Timeout|in time/i, 'AI calls timed out: look at the model latency, consider a faster model.'],
  [/^/, 'Actions failed: see their reasons in the execution record.'],
];

/**
 * What to do about a run that lost actions or was slow (requirement 12); undefined when nothing is amiss.
 * @param times of its actions
 */
export function advise(outcomes: readonly OutcomeRow[], times: Times): string | undefined {
  const failed = outcomes.filter(({ outcome }) => outcome === 'FAILED');
  const texts = failed.map(({ error = '', reason = '' }) => `${error} ${reason}`);
  const failure = FAILURES.find(([pattern]) => texts.some((text) => pattern.test(text)))?.[1];
  const slowness = isSlow(times)
    ? 'Its actions were much slower than usual: look at the latency of the AI and at throttles, consider a faster model or fewer tokens.'
    : undefined;
  const all = [failure, slowness].filter((each) => each !== undefined);
  return all.length === 0 ? undefined : all.join(' ');
}
