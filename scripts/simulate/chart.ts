import type { Forecast, Row } from './forecast.ts';
import { short } from './table.ts';

/** Powers of ten at both ends of the axis: executions a day. */
const [FROM, TO] = [3, 8];
const WIDTH = 940;
const LEFT = 430;
const RIGHT = 90;
const TOP = 56;
const LINE = 26;
/** A limit is near from this use on. */
const NEAR = 0.7;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .small { font-size: 11px; fill: #59636e }
  .paper { fill: #ffffff }
  .grid { stroke: #d1d9e0 }
  .room { fill: #3f7fbf } .near { fill: #d9a514 } .over { fill: #c8453b }
  .asked { stroke: #1f2328; stroke-dasharray: 4 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .paper { fill: #0d1117 } .small { fill: #9198a1 } .grid { stroke: #3d444d }
    .room { fill: #4a8fd4 } .near { fill: #c99a1a } .over { fill: #d2574d } .asked { stroke: #e6edf3 }
  }`;

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Place of a volume on the axis. */
function x(runsPerDay: number): number {
  const share = (Math.log10(runsPerDay) - FROM) / (TO - FROM);
  return LEFT + (WIDTH - LEFT - RIGHT) * Math.min(1, Math.max(0, share));
}

/** A bar: up to which volume there is room, where it gets near, where it is not enough. */
function bar({ what, bitesAt }: Row, place: number): string {
  const y = TOP + place * LINE;
  const [start, near, bites, end] = [10 ** FROM, NEAR * bitesAt, bitesAt, 10 ** TO].map(x);
  const part = (kind: string, from = 0, to = 0) =>
    to > from
      ? `<rect class="${kind}" x="${from.toFixed(1)}" y="${y}" width="${(to - from).toFixed(1)}" height="${LINE - 8}"/>`
      : '';
  return [
    `<g><title>${escaped(what)}: bites at ${short(bitesAt)} executions a day</title>`,
    `<text x="${LEFT - 10}" y="${y + 13}" text-anchor="end">${escaped(what)}</text>`,
    part('room', start, near),
    part('near', near, bites),
    part('over', bites, end),
    `<text x="${WIDTH - RIGHT + 8}" y="${y + 13}">${short(bitesAt)}</text></g>`,
  ].join('');
}

/** From how many executions a day on each limit is not enough in the busiest hour: a bar a limit, in the order in which they bite. */
export function renderChart({ options, rows }: Forecast): string {
  const bottom = TOP + rows.length * LINE;
  const powers = Array.from({ length: TO - FROM + 1 }, (_, index) => FROM + index);
  const grid = powers.map((power) => {
    const at = x(10 ** power).toFixed(1);
    return `<line class="grid" x1="${at}" y1="${TOP - 8}" x2="${at}" y2="${bottom}"/><text class="small" x="${at}" y="${TOP - 14}" text-anchor="middle">1e${power}</text>`;
  });
  const asked = x(options.runsPerDay).toFixed(1);
  const list = rows.map(({ what, bitesAt }) => `${what}: ${short(bitesAt)}`).join('; ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 34}" role="img" aria-labelledby="title description">
<title id="title">Executions a day at which each limit of stage ${escaped(options.stage)} bites</title>
<desc id="description">${escaped(list)}</desc>
<style>${STYLE}
</style>
<rect class="paper" width="${WIDTH}" height="${bottom + 34}"/>
<text x="10" y="20">Executions a day (logarithmic) from which a limit is not enough in the busiest hour, ${options.peak} × the mean</text>
${grid.join('\n')}
${rows.map(bar).join('\n')}
<line class="asked" x1="${asked}" y1="${TOP - 8}" x2="${asked}" y2="${bottom}"/>
<text class="small" x="10" y="${bottom + 22}">blue: less than ${100 * NEAR} % used; yellow: near; red: not enough. Dashed: ${short(options.runsPerDay)} a day.</text>
</svg>
`;
}
