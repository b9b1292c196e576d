import type { Definition } from '../../local/aws/step-functions/engine/definition.ts';
import type { Options } from './options.ts';
import { type PeakResult, simulatePeak } from './peak.ts';
import { type Limits, mapLimits } from './stage.ts';

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
  const running = Math.round(times * runsAtFullSpeed);
  const short = mapLimits(limits, ({ value }, name) => {
    if (name === 'runningExecutions') return running;
    return name === 'aiConcurrency' ? value : Number.POSITIVE_INFINITY;
  });
  // Twice as many come as can be served, so that the stage is always as full as it may be.
  const servedPerSecond = limits.aiConcurrency.value / (options.actions * options.aiSeconds);
  return simulatePeak(short, definition, options, 2 * servedPerSecond);
}
