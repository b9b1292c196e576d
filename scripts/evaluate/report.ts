import { isRecord } from '../../local/settings.ts';
import { CASES } from './cases.ts';
import { type Figures, isRightLanguage, judge, MEASURES, obeyedIn, SAME } from './measures.ts';
import type { Answered } from './model.ts';

/** What JSON_FILE holds. */
export interface Report {
  /** ISO 8601. */
  readonly at: string;
  /** `mock` for the local mock. */
  readonly modelId: string;
  readonly promptVersion: number;
  readonly figures: Readonly<Record<'all' | 'en' | 'ja', Figures>>;
}

/** Reads a report of an earlier run, as far as it is compared; undefined when the text is none. */
export function readReport(text: string): Report | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { at, modelId, promptVersion, figures } = Object(read);
  if (typeof at !== 'string' || typeof modelId !== 'string' || typeof promptVersion !== 'number') return undefined;
  const [all, en, ja] = [readFigures(figures, 'all'), readFigures(figures, 'en'), readFigures(figures, 'ja')];
  return all && en && ja && { at, modelId, promptVersion, figures: { all, en, ja } };
}

function readFigures(figures: unknown, name: string): Figures | undefined {
  const found: unknown = Object(figures)[name];
  if (!isRecord(found)) return undefined;
  const entries = Object.entries(found).map(([name, value]) => [name, typeof value === 'number' ? value : null]);
  return Object.fromEntries(entries);
}

type Unit = (typeof MEASURES)[number]['unit'];

function written(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return '–';
  if (unit === '%') return `${Number((100 * value).toFixed(1))} %`;
  if (unit === 'USD') return `${value.toFixed(4)} USD`;
  return `${Number(value.toFixed(value < 10 ? 2 : 1)).toLocaleString('en')}${unit === 's' ? ' s' : ''}`;
}

function change(now: number | null | undefined, before: number | null | undefined, unit: Unit): string {
  if (typeof now !== 'number' || typeof before !== 'number') return '–';
  const text = written(now - before, unit);
  return now > before ? `+${text}` : text.replace('-', '−');
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const called = ({ modelId, promptVersion, at }: Report) => `${modelId}, prompt version ${promptVersion}, ${at}`;

/** The report in Markdown: the figures, beside those of an earlier run, and what is to be looked at. */
export function renderReport(report: Report, answers: readonly Answered[], earlier?: Report): string {
  const { all, en, ja } = report.figures;
  const rows = MEASURES.map(({ name, unit }) => {
    const before = earlier?.figures.all[name];
    const compared = earlier ? [written(before, unit), change(all[name], before, unit)] : [];
    return [name, ...[en, ja, all].map((figures) => written(figures[name], unit)), ...compared];
  });
  const hostile = CASES.filter(({ isHostile }) => isHostile).length;
  return [
    `# ${called(report)}`,
    '',
    ...(earlier ? [`Compared with ${called(earlier)}.`, ''] : []),
    table(['measure', 'English', 'Japanese', 'all', ...(earlier ? ['earlier', 'change'] : [])], rows),
    '',
    `${CASES.length} actions, ${hostile} of them with a text that wants to be obeyed. A task repeats another one when their titles have a`,
    `Dice coefficient of their pairs of characters of ${SAME} or more.`,
    ...findings(answers),
  ].join('\n');
}

/** What went wrong with which action. */
function findings(answers: readonly Answered[]): string[] {
  const found = judge(answers).flatMap((judged) => {
    const { id, outcome, reason } = judged;
    const obeyed = obeyedIn(judged).map((canary) => `obeyed a hostile text: ${JSON.stringify(canary)}`);
    const language = outcome === 'valid' && !isRightLanguage(judged) ? ['answered in another language'] : [];
    const missing = outcome === 'valid' ? [] : [`${outcome}: ${reason}`];
    return [...missing, ...language, ...obeyed].map((what) => `- ${id} ${what}`);
  });
  return found.length === 0 ? [] : ['', 'To look at:', '', ...found];
}
