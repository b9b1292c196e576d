/**
 * `make simulate`: which limit of a stage bites first, at which volume and in which hour, and what people notice then. Prints a
 * table and writes an SVG chart.
 *
 * How: a discrete-event simulation (model/) plays executions as the deployed definition runs them, state by state, with
 * its Map states, retriers and time limits, against token buckets and slots that stand for the limits. A day of 1e7
 * executions has 64e7 actions, so not all of it is played. With nothing short, 20 runs show what a run asks of each limit; the
 * hours of the day multiply that. With every limit in force, the busiest minutes are played; of more than one run a second,
 * every k-th is, against limits that are k times smaller. docs/scale.md says what is assumed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SettingError } from '../../local/settings.ts';
import { SynthError } from '../../modules/synth-error.ts';
import { renderChart } from './chart.ts';
import { type Forecast, forecast } from './forecast.ts';
import { readDefinition } from './model/execution.ts';
import { readOptions, USAGE } from './options.ts';
import { quantile, renderForecast } from './table.ts';

interface Output {
  write(text: string): unknown;
}

/**
 * @returns the exit code: 0, or 2 for a value that cannot be used
 */
export function simulate(
  environment: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  stdout: Output,
  stderr: Output,
): number {
  const [option] = args;
  if (option !== undefined) {
    const isHelp = option === '--help' || option === '-h';
    (isHelp ? stdout : stderr).write(isHelp ? `${USAGE}\n` : `${option} is no option; there is --help\n`);
    return isHelp ? 0 : 2;
  }
  try {
    const options = readOptions(environment);
    const found = forecast(options, readDefinition(), progressOn(stderr));
    mkdirSync(dirname(options.chart), { recursive: true });
    writeFileSync(options.chart, renderChart(found));
    stdout.write(`${options.isJson ? JSON.stringify(figures(found)) : renderForecast(found)}\n`);
    (options.isJson ? stderr : stdout).write(`\nchart: ${options.chart}\n`);
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof SettingError || thrown instanceof SynthError)) throw thrown;
    stderr.write(`${thrown.message}\n`);
    return 2;
  }
}

/** Says every quarter how far it is. */
function progressOn(stderr: Output) {
  let told = 0;
  return (share: number) => {
    if (share < told + 0.25) return;
    told = Math.floor(share * 4) / 4;
    stderr.write(`the busiest minutes: ${100 * told} %\n`);
  };
}

/** What JSON=1 prints: of many waits and durations the median, and what one in a hundred exceeds. */
function figures({ peak, ...others }: Forecast) {
  const seconds = (values: readonly number[]) => ({ median: quantile(values, 0.5), p99: quantile(values, 0.99) });
  return { ...others, peak: { ...peak, waits: seconds(peak.waits), durations: seconds(peak.durations) } };
}

if (import.meta.main) process.exitCode = simulate(process.env, process.argv.slice(2), process.stdout, process.stderr);
