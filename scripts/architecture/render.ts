import type { Document } from '../policy/document.ts';
import { ARROWS, type Arrow } from './arrows.ts';
import { BOXES, type Box, FRAMES, SIZE } from './picture.ts';
import { type FunctionGroups, functionGroups } from './system.ts';

const STYLE = `
  text { font: 13px system-ui, "Noto Sans", sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 14px } .small { font-size: 12px; fill: #59636e }
  .paper { fill: #ffffff } .group { fill: #f6f8fa; stroke: #d1d9e0 } .label { fill: #f6f8fa }
  .box { fill: #ffffff; stroke: #3f7fbf; stroke-width: 1.4 } .people { fill: #fff8e5; stroke: #b58a12 }
  .arrow { fill: none; stroke: #59636e; stroke-width: 1.4 } .head { fill: #59636e }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #9198a1 }
    .paper { fill: #0d1117 } .group { fill: #151b23; stroke: #3d444d } .label { fill: #151b23 }
    .box { fill: #0d1117; stroke: #4a8fd4 } .people { fill: #2b240f; stroke: #c99a1a }
    .arrow { stroke: #9198a1 } .head { fill: #9198a1 }
  }`;

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const linesOf = ({ lines }: Box, groups: FunctionGroups) => (typeof lines === 'string' ? groups[lines] : lines);

function frame({ title, place: [x, y, width, height], at }: (typeof FRAMES)[number]): string {
  return `<rect class="group" x="${x}" y="${y}" width="${width}" height="${height}" rx="10"/><text class="small" x="${at[0]}" y="${at[1]}">${escaped(title)}</text>`;
}

function box(of: Box, groups: FunctionGroups): string {
  const [x, y, width, height] = of.place;
  const lines = linesOf(of, groups).map(
    (line, index) => `<text class="small" x="${x + 12}" y="${y + 43 + 17 * index}">${escaped(line)}</text>`,
  );
  const rectangle = `<rect class="${of.kind === 'people' ? 'box people' : 'box'}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`;
  return `<g>${rectangle}<text class="title" x="${x + 12}" y="${y + 23}">${escaped(of.title)}</text>${lines.join('')}</g>`;
}

function arrow({ path, label }: Arrow): string {
  const line = `<path class="arrow" marker-end="url(#head)" d="M${path.replaceAll(' ', 'L')}"/>`;
  if (label === undefined) return line;
  const [text, x, y] = label;
  return `${line}<text class="small" x="${x}" y="${y}">${escaped(text)}</text>`;
}

/** What the picture shows, in words, for whoever cannot see it. */
function description(groups: FunctionGroups): string {
  const titles = new Map(BOXES.map(({ id, title }) => [id, title]));
  const boxes = BOXES.map((of) => [of.title, ...linesOf(of, groups)].join(', '));
  return `${boxes.join('; ')}. ${ARROWS.map(({ from, to }) => `${titles.get(from)} to ${titles.get(to)}`).join('; ')}.`;
}

/** The architecture of a stage as SVG, in the colours that the reader's system has: light or dark. */
export function renderArchitecture(document: Document): string {
  const groups = functionGroups(document);
  const { width, height } = SIZE;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">
<title id="title">Architecture of goal-activity: what a stage is made of, and what calls what</title>
<desc id="description">${escaped(description(groups))}</desc>
<style>${STYLE}
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>
<rect class="paper" width="${width}" height="${height}"/>
${FRAMES.map(frame).join('\n')}
${ARROWS.map(arrow).join('\n')}
${BOXES.map((of) => box(of, groups)).join('\n')}
</svg>
`;
}
