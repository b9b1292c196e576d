import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { describeFailures, type Failure, repeatCommand, toText } from '../../../scripts/testing/summary.ts';

const FAILURE: Failure = {
  file: 'test/example.test.ts',
  block: "a goal that costs $5 and isn't done",
  title: 'is kept',
  message: 'expected 1 to equal 2\nline 2\nline 3\nline 4\nline 5',
};

/** What the recipe of make gets as GREP when a shell runs the command. */
const grepOf = (command: string) =>
  execFileSync('sh', ['-c', command.replace(/^make/, 'make --silent --file=-')], {
    input: '.PHONY: test\ntest:\n\t@printf %s "$$GREP"\n',
    encoding: 'utf8',
  });

describe('the summary of a run that failed', () => {
  it('repeats each failure with its file, the start of its message, and a command with the seed, date and zone', () => {
    const summary = describeFailures([FAILURE], { SEED: '7', DATE: '+1 day', TZ: 'Asia/Tokyo' });
    expect(summary).to.include("1) a goal that costs $5 and isn't done > is kept\n   in test/example.test.ts\n");
    expect(summary).to.include('   | line 4\n   | ... (1 more lines above)\n');
    expect(summary).to.match(
      /repeat: make test TESTS=test\/example\.test\.ts GREP='.*' SEED=7 DATE='\+1 day' TZ=Asia\/Tokyo$/,
    );
  });

  it('quotes for the shell and for make whatever a title holds', () => {
    fc.assert(
      fc.property(
        fc
          .string({ unit: 'grapheme', minLength: 1 })
          .filter((block) => !/[\0\r\n]/.test(block) && block.trim() === block),
        (block) => {
          expect(grepOf(repeatCommand({ ...FAILURE, block }, { SEED: '7' }))).to.equal(block);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('names no file and no command where a process died', () => {
    const summary = describeFailures([{ file: '', block: '', title: 'the process', message: 'crashed' }], {
      SEED: '7',
    });
    expect(summary).to.equal('Failures:\n\n1) the process\n   | crashed');
  });

  it('has no control characters, which would make it binary to grep', () => {
    expect(toText('one\0two\r\n\tthree \x1b[32mgreen\x1b[0m \x07')).to.equal(
      'one\\x00two\n\tthree \x1b[32mgreen\x1b[0m \\x07',
    );
  });
});
