import type { Definition } from '../../local/aws/step-functions/engine/definition.ts';
import { loadConfig } from '../../modules/config.ts';
import { AI_CALLS_PER_RUN } from '../../modules/workflow/published-function.ts';
import { DAY_SECONDS } from './day.ts';
import { measureDemand } from './demand.ts';
import { limitsFor, volumeAt } from './forecast.ts';
import { COUNTED_TOKENS } from './model/invocation.ts';
import { type Options, readOptions } from './options.ts';
import { overload } from './overload.ts';
import { type PeakResult, simulatePeak } from './peak.ts';
import { type LimitName, type Limits, mapLimits, namesOf } from './stage.ts';
import { quantile, short } from './table.ts';

/** Executions a day that docs/scale.md speaks of. */
const VOLUMES = [1e4, 1e5, 1e6, 1e7];
/** So much of a limit may be used in the busiest hour of an ordinary day. */
const FULL = 0.7;
const OVERLOADS = [1.2, 2, 3, 5];

/**
 * The tables of docs/scale.md, by the names of their places there.
 * @param simulated the volumes and overloads of the rows that take minutes of simulated time; by default, all
 */
export function scaleTables(
  definition: Definition,
  simulated: { readonly volumes: readonly number[]; readonly overloads: readonly number[] } = {
    volumes: VOLUMES,
    overloads: OVERLOADS,
  },
): Readonly<Record<'limits' | 'needs' | 'peaks' | 'overload', string>> {
  const options = readOptions({});
  const limits = limitsFor(options);
  const demand = measureDemand(limits, definition, options);
  const names = namesOf(limits)
    .map((name) => ({ name, bitesAt: volumeAt(name, limits, demand, options.peak) }))
    .sort((one, other) => one.bitesAt - other.bitesAt);
  const needs = VOLUMES.map((volume) => {
    const of = (peak: number) => demand((volume * peak) / DAY_SECONDS);
    const [peak, mean] = [of(options.peak), of(1)];
    return (name: LimitName) => (limits[name].canCatchUp ? mean : peak)[name] / FULL;
  });
  return {
    limits: markdown(
      [`limit of ${options.stage}`, 'value', 'bites at (executions a day)', 'what people notice', 'raise'],
      names.map(({ name, bitesAt }) => {
        const { what, value, notice, raise } = limits[name];
        return [what, short(value), short(bitesAt), notice, raise];
      }),
    ),
    needs: markdown(
      ['limit', `${options.stage} has`, ...VOLUMES.map((volume) => `${short(volume)} a day`)],
      names.map(({ name }) => {
        const { what, value } = limits[name];
        const cells = needs.map((need) => (need(name) > value ? `**${short(need(name))}**` : 'enough'));
        return [what, short(value), ...cells];
      }),
    ),
    peaks: peaks(limits, definition, options, needs, simulated.volumes),
    overload: markdown(
      ['executions at once', ...PEAK_HEAD, 'transitions of a run'],
      simulated.overloads.map((times) => {
        const { concurrentRuns = 1 } = loadConfig(options.stage).settings;
        const result = overload(limits, definition, options, { times, runsAtFullSpeed: concurrentRuns });
        return [`${times} × concurrentRuns`, ...peakCells(result), short(result.transitionsOfRun)];
      }),
    ),
  };
}

/** The busiest minutes as the stage is, and with what each volume needs. */
function peaks(
  limits: Limits,
  definition: Definition,
  options: Options,
  needs: readonly ((name: LimitName) => number)[],
  volumes: readonly number[],
): string {
  const within = (first: number, end: number) => VOLUMES.slice(first, end).filter((volume) => volumes.includes(volume));
  const raisedFor = (volume: number) => {
    const need = needs[VOLUMES.indexOf(volume)] ?? (() => 0);
    return mapLimits(limits, ({ value }, name) => Math.max(value, need(name)));
  };
  const withTokens = mapLimits(limits, ({ value }, name) =>
    name === 'bedrockTokens' ? Number.POSITIVE_INFINITY : value,
  );
  // A run at full speed counts the tokens of 24 calls every time that an answer takes.
  const carried = Math.floor(limits.bedrockTokens.value / ((AI_CALLS_PER_RUN * COUNTED_TOKENS) / options.aiSeconds));
  const fewer = (carried * AI_CALLS_PER_RUN) / limits.aiConcurrency.value;
  const carriedByTokens = mapLimits(limits, ({ value }, name) =>
    name === 'aiConcurrency' || name === 'runningExecutions' ? fewer * value : value,
  );
  const line = (volume: number, of: Limits, which: string) => {
    const result = simulatePeak(of, definition, options, (volume * options.peak) / DAY_SECONDS);
    const letIn = `${Math.round((100 * result.letIn) / Math.max(1, result.came))} %`;
    return [short(volume), which, letIn, ...peakCells(result)];
  };
  return markdown(
    ['executions a day', 'limits', 'let in meanwhile', ...PEAK_HEAD],
    [
      ...within(0, 2).map((volume) => line(volume, limits, `as ${options.stage} has them`)),
      ...within(1, 2).map((volume) => line(volume, withTokens, 'the same, but tokens without end')),
      ...within(1, 2).map((volume) => line(volume, carriedByTokens, `the same, but concurrentRuns ${carried}`)),
      ...volumes.map((volume) => line(volume, raisedFor(volume), 'raised as above')),
    ],
  );
}

const PEAK_HEAD = ['actions that fail', 'a run takes (median)', 'of one in a hundred, more than'];

function peakCells({ actions, failed, durations }: PeakResult): string[] {
  const lost = Object.values(failed).reduce((sum, count) => sum + count, 0);
  const seconds = [0.5, 0.99].map((share) => `${Math.round(quantile(durations, share))} s`);
  return [lost === 0 ? 'none' : `${Math.round((100 * lost) / actions)} %`, ...seconds];
}

/** A table in Markdown, its columns aligned. */
function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
