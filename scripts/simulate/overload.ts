import type { Definition } from '../../local/aws/step-functions/engine/definition.ts';
import type { Options } from './options.ts';
import { type PeakResult, simulatePeak } from './peak.ts';
import type { Limits } from './stage.ts';

/**
 * A stage on which always so many times as many executions run as the AI's concurrency is made for, and which has enough of
 * everything else.
 * @param times such as 2, for twice as many
 * @param runsAtFullSpeed that the concurrency is made for (the setting `concurrentRuns`)
 */
export function overload(
  limits: Limits,
  definition: Definition,
  options: Pick<Options, 'actions' | 'aiSeconds' | 'seed'>,
  { times, runsAtFullSpeed }: { times: number; runsAtFullSpeed: number },
): PeakResult {
  const { aiConcurrency, runningExecutions } = limits;
  const plenty = Object.fromEntries(
    Object.entries(limits).map(([name, { burst: _, ...limit }]) => [
      name,
      { ...limit, value: Number.POSITIVE_INFINITY },
    ]),
  ) as Record<keyof Limits, Limits[keyof Limits]>;
  const value = Math.round(times * runsAtFullSpeed);
  const short = { ...plenty, aiConcurrency, runningExecutions: { ...runningExecutions, value } };
  // Twice as many come as can be served, so that the stage is always as full as it may be.
  const servedPerSecond = aiConcurrency.value / (options.actions * options.aiSeconds);
  return simulatePeak(short, definition, options, 2 * servedPerSecond);
}
