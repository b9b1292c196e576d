/** A progress bar of one line: text alone, from numbers; the printer at the end decides when to write it. */
import type { Messages } from './messages.ts';

export interface Progress {
  /** 0 to 100 */
  readonly percentage: number;
  readonly processed: number;
  readonly total: number;
  readonly secondsRemaining: number;
}

/** The words of the line, in the reader's language. */
type ProgressWords = Pick<Messages, 'actions' | 'remaining'>;

/** What the printer needs of `process.stdout` or `process.stderr`. */
export interface TextOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Of a terminal; it may change while the bar is shown. */
  readonly columns?: number | undefined;
}

const LONGEST_BAR = 40;
const SHORTEST_BAR = 8;
const COLUMNS_WITHOUT_TERMINAL = 80;

/** Columns that a terminal takes for one of our texts: two for each Japanese character. */
export const displayWidth = (text: string): number =>
  text.length + (text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/gu)?.length ?? 0);

/**
 * The line, at most `columns - 1` wide, since terminals wrap when the last column is filled. What does not fit is left
 * out, least needed first: length of the bar, remaining time, bar, counts. The bar is ASCII, for block characters are two
 * columns wide in some East Asian terminals. It is rounded down, so that it is full at 100 only.
 */
export function renderProgress(progress: Progress, words: ProgressWords, columns: number): string {
  const percentage = Math.min(100, Math.max(0, Math.floor(progress.percentage)));
  const percent = `${String(percentage).padStart(3)}%`;
  const counts = `${percent}  ${words.actions(progress.processed, progress.total)}`;
  const hasEnded = progress.processed >= progress.total;
  const remaining = hasEnded ? '' : `  ${words.remaining(Math.max(0, Math.ceil(progress.secondsRemaining)))}`;
  const room = Math.max(0, columns - 1);
  for (const text of [counts + remaining, counts]) {
    const length = Math.min(LONGEST_BAR, room - displayWidth(text) - '[] '.length);
    if (length < SHORTEST_BAR) continue;
    const filled = Math.floor((percentage * length) / 100);
    return `[${'#'.repeat(filled)}${'.'.repeat(length - filled)}] ${text}`;
  }
  return displayWidth(counts) <= room ? counts : percent.trimStart().slice(0, room);
}

/**
 * On a terminal the line is rewritten in place; elsewhere (a file, a pipe, a terminal that cannot) each change of the
 * counts is a line of its own, without control codes.
 * @param term the TERM variable; `dumb` terminals cannot rewrite a line
 */
export function createProgressPrinter(output: TextOutput, words: ProgressWords, term: string | undefined) {
  const rewrites = output.isTTY === true && term !== 'dumb';
  let shown: string | undefined;
  return {
    /** Shows this progress; nothing is written when nothing would change for the reader. */
    update(progress: Progress): void {
      const line = renderProgress(progress, words, (rewrites && output.columns) || COLUMNS_WITHOUT_TERMINAL);
      // The remaining time ticks all the time: on paper that is no news.
      const news = rewrites ? line : `${progress.processed}/${progress.total}`;
      if (news === shown) return;
      shown = news;
      // \x1b[K erases what a longer line before has left.
      output.write(rewrites ? `\r${line}\x1b[K` : `${line}\n`);
    },
    /** Ends the line, so that the next text starts on one of its own. Harmless when nothing was shown. */
    end(): void {
      if (rewrites && shown !== undefined) output.write('\n');
      shown = undefined;
    },
  };
}
