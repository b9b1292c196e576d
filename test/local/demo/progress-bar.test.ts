import { expect } from 'chai';
import fc from 'fast-check';
import { messagesIn } from '../../../local/demo/messages.ts';
import {
  createProgressPrinter,
  displayWidth,
  type Progress,
  renderProgress,
} from '../../../local/demo/progress-bar.ts';

const ERASE = '\x1b[K';
const en = messagesIn('en');
const ja = messagesIn('ja');
const half: Progress = { percentage: 50, processed: 32, total: 64, secondsRemaining: 12 };
const done: Progress = { percentage: 100, processed: 64, total: 64, secondsRemaining: 0 };

describe('renderProgress', () => {
  it('shows bar, percentage, counts and remaining time', () => {
    expect(renderProgress(half, en, 80)).to.equal(
      '[####################....................]  50%  32/64 actions  about 12 s left',
    );
    expect(renderProgress(half, ja, 80)).to.contain('50%  行動 32/64  残り約12秒');
  });

  it('shows no remaining time once everything is processed, and a full bar', () => {
    expect(renderProgress(done, en, 60)).to.match(/^\[#+\] 100% {2}64\/64 actions$/);
  });

  it('leaves a gap in the bar until 100 percent', () => {
    expect(renderProgress({ ...half, percentage: 99 }, en, 80)).to.contain('.]');
  });

  it('drops what does not fit: the remaining time first, then the bar, then the counts', () => {
    expect(renderProgress(half, en, 45)).to.equal('[###########...........]  50%  32/64 actions');
    expect(renderProgress(half, en, 25)).to.equal(' 50%  32/64 actions');
    expect(renderProgress(half, en, 15)).to.equal('50%');
  });

  it('rounds the remaining time up, shows minutes when it is long, and never a negative number', () => {
    expect(renderProgress({ ...half, secondsRemaining: 0.2 }, en, 80)).to.contain('about 1 s left');
    expect(renderProgress({ ...half, secondsRemaining: 241 }, en, 80)).to.contain('about 5 min left');
    expect(renderProgress({ ...half, secondsRemaining: -3 }, en, 80)).to.contain('about 0 s left');
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

  it('has a bar that never shrinks while the percentage grows', () => {
    const filled = (percentage: number) => renderProgress({ ...half, percentage }, en, 80).split('#').length;
    for (let percentage = 1; percentage <= 100; percentage += 1) {
      expect(filled(percentage)).to.be.at.least(filled(percentage - 1));
    }
  });
});

describe('displayWidth', () => {
  it('counts two columns for Japanese characters, one for Latin ones, none for combining marks', () => {
    expect(displayWidth('abc')).to.equal(3);
    expect(displayWidth('行動 1/2')).to.equal(8);
    expect(displayWidth('残り約5秒')).to.equal(9);
    expect(displayWidth('カー・（）')).to.equal(10);
    expect(displayWidth('（。）')).to.equal(6);
    expect(displayWidth('e\u0301')).to.equal(1);
  });
});

describe('createProgressPrinter', () => {
  function output(terminal: { isTTY?: boolean; columns?: number }) {
    const written: string[] = [];
    return { ...terminal, written, write: (text: string) => written.push(text) };
  }

  it('rewrites one line on a terminal, fitted to its present width', () => {
    const terminal = output({ isTTY: true, columns: 80 });
    const printer = createProgressPrinter(terminal, en, 'xterm');
    printer.update({ ...half, percentage: 0, processed: 0 });
    terminal.columns = 25;
    printer.update(half);
    printer.end();
    expect(terminal.written).to.have.lengthOf(3);
    expect(terminal.written[0])
      .to.match(/^\r\[\.+\] {3}0% .+ left/)
      .and.to.contain(ERASE);
    expect(terminal.written[1]).to.equal(`\r 50%  32/64 actions${ERASE}`);
    expect(terminal.written[2]).to.equal('\n');
  });

  it('writes nothing on a terminal when nothing has changed', () => {
    const terminal = output({ isTTY: true, columns: 80 });
    const printer = createProgressPrinter(terminal, en, 'xterm');
    printer.update(half);
    printer.update(half);
    expect(terminal.written).to.have.lengthOf(1);
  });

  for (const [what, terminal, term] of [
    ['a file or a pipe', {}, 'xterm'],
    ['a dumb terminal', { isTTY: true, columns: 80 }, 'dumb'],
  ] as const) {
    it(`writes a line per change of the counts to ${what}, without control codes`, () => {
      const paper = output(terminal);
      const printer = createProgressPrinter(paper, en, term);
      printer.update(half);
      printer.update({ ...half, secondsRemaining: 11 });
      printer.update(done);
      printer.end();
      expect(paper.written.join('')).to.match(/^\P{Cc}+50%\P{Cc}+\n\P{Cc}+100%\P{Cc}+\n$/u);
    });
  }

  it('ends nothing when nothing was shown', () => {
    const terminal = output({ isTTY: true, columns: 80 });
    createProgressPrinter(terminal, en, 'xterm').end();
    expect(terminal.written).to.deep.equal([]);
  });

  it('assumes 80 columns when the terminal does not know', () => {
    const terminal = output({ isTTY: true, columns: 0 });
    createProgressPrinter(terminal, en, undefined).update(half);
    expect(displayWidth(terminal.written.join('').replace('\r', '').replace(ERASE, ''))).to.be.within(60, 79);
  });
});
