import { expect } from 'chai';
import fc from 'fast-check';
import { messagesIn } from '../../../local/demo/messages.ts';
import {
  createProgressPrinter,
  displayWidth,
  type Progress,
  renderProgress,
} from '../../../local/demo/progress-bar.ts';

const en = messagesIn('en');
const ja = messagesIn('ja');
const half: Progress = { percentage: 50, processed: 32, total: 64, secondsRemaining: 12 };
const done: Progress = { percentage: 100, processed: 64, total: 64, secondsRemaining: 0 };

describe('renderProgress', () => {
  it('shows what fits, in the words of the language', () => {
    for (const [progress, words, columns, line] of [
      [half, en, 80, '[####################....................]  50%  32/64 actions  about 12 s left'],
      [half, ja, 60, '[##############..............]  50%  行動 32/64  残り約12秒'],
      [done, en, 40, '[#################] 100%  64/64 actions'],
      [{ ...half, percentage: 99 }, en, 45, '[#####################.]  99%  32/64 actions'],
      [half, en, 25, ' 50%  32/64 actions'],
      [half, en, 15, '50%'],
    ] as const)
      expect(renderProgress(progress, words, columns)).to.equal(line);
  });

  it('is one line, narrower than the terminal, whatever the numbers', () => {
    const progress = fc.record({
      percentage: fc.integer({ min: 0, max: 100 }),
      processed: fc.integer({ min: 0, max: 1000 }),
      total: fc.integer({ min: 0, max: 1000 }),
      secondsRemaining: fc.double({ min: 0, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(progress, fc.constantFrom(en, ja), fc.integer({ min: 1, max: 200 }), (shown, words, columns) => {
        const line = renderProgress(shown, words, columns);
        expect(line).to.match(/^\P{Cc}*$/u);
        expect(displayWidth(line)).to.be.at.most(columns - 1);
      }),
    );
  });
});

describe('createProgressPrinter', () => {
  function print(terminal: { isTTY?: boolean; columns?: number }, term: string, shown: readonly Progress[]): string[] {
    const written: string[] = [];
    const printer = createProgressPrinter({ ...terminal, write: (text) => written.push(text) }, en, term);
    for (const progress of shown) printer.update(progress);
    printer.end();
    return written;
  }

  it('rewrites one line on a terminal when something has changed', () => {
    const written = print({ isTTY: true, columns: 25 }, 'xterm', [half, half, done]);
    expect(written).to.deep.equal(['\r 50%  32/64 actions\x1b[K', '\r100%  64/64 actions\x1b[K', '\n']);
    expect(print({ isTTY: true, columns: 80 }, 'xterm', [])).to.deep.equal([]);
  });

  it('writes a line per change of the counts where it cannot, without control codes', () => {
    const written = print({ isTTY: true, columns: 80 }, 'dumb', [half, { ...half, secondsRemaining: 11 }, done]);
    expect(written.join('')).to.match(/^\P{Cc}+50%\P{Cc}+\n\P{Cc}+100%\P{Cc}+\n$/u);
  });
});
