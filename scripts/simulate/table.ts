import type { Forecast, Row } from './forecast.ts';
import type { PeakResult } from './peak.ts';

/** A number in a few characters: 1,234 or 1.2 million. */
export function short(value: number): string {
  if (value >= 1e9) return 'over 1e9';
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} million`;
  return Number(value.toPrecision(3)).toLocaleString('en');
}

const percent = (share: number) => `${(100 * share).toLocaleString('en', { maximumSignificantDigits: 3 })} %`;

/** The value that a share of the values does not exceed; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  return [...values].sort((one, other) => one - other)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? 0;
}

/** Lines with aligned columns. */
function align(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const HEAD = ['limit', 'value', 'at the peak', 'not enough from', 'bites at (a day)', 'what people notice'];

const cells = ({ what, value, use, from, bitesAt, notice }: Row) => [
  what,
  short(value),
  percent(use),
  from ?? '-',
  short(bitesAt),
  notice,
];

/** What people notice in the busiest minutes, in words. */
export function noticed({ came, letIn, waits, durations, actions, failed, timedOut, refusals }: PeakResult): string[] {
  const failures = Object.entries(failed);
  const lost = failures.reduce((sum, [, count]) => sum + count, 0);
  const seconds = (values: readonly number[]) =>
    `${short(quantile(values, 0.5))} s, of one in a hundred more than ${short(quantile(values, 0.99))} s`;
  return [
    `let in within the minutes played: ${percent(came === 0 ? 1 : letIn / came)} of those who come; starts refused meanwhile: ${short(refusals)}`,
    `wait until let in: ${seconds(waits)}`,
    `a run takes: ${seconds(durations)}; timed out: ${timedOut}`,
    `actions that fail: ${percent(actions === 0 ? 0 : lost / actions)}${failures.map(([error, count]) => `; ${error}: ${percent(count / actions)}`).join('')}`,
  ];
}

/** The forecast for people. */
export function renderForecast({ options, peakRate, rows, peak, backlog }: Forecast): string {
  const [first] = rows;
  const { stage, runsPerDay, actions, aiSeconds, peak: times } = options;
  const isFull = peak.letIn < 0.95 * peak.came;
  return [
    `${short(runsPerDay)} executions a day of ${actions} actions in stage ${stage}; ${short(peakRate)} a second in the busiest hour (${times} × the mean); AI ${aiSeconds} s`,
    '',
    align([HEAD, ...rows.map(cells)]),
    '',
    `Bites first: ${first?.what ?? ''}, from ${short(first?.bitesAt ?? 0)} executions a day on. To raise: ${first?.raise ?? ''}.`,
    '',
    'With every limit in force, in the busiest hour:',
    ...noticed(peak).map((line) => `- ${line}`),
    ...(isFull
      ? [
          `- the stage ends ${short(peak.endedPerSecond)} runs a second: if nobody gives up, the last of the day wait ${short(backlog.longestHours)} hours; ${short(backlog.left)} still wait at midnight`,
        ]
      : []),
  ].join('\n');
}
