import { expect } from 'chai';
import fc from 'fast-check';
import { emptyDraft, fill, newGoalOf, validate } from './draft.ts';
import { isChartPaste, parsePaste, parseTable } from './paste.ts';

/** A 9 × 9 chart whose cells say where they stand: `b<block>` for a sub-goal, `b<block>a<action>` for an action. */
function mandala(): string[][] {
  const order = [0, 1, 2, 3, undefined, 4, 5, 6, 7];
  return Array.from({ length: 9 }, (_, row) =>
    Array.from({ length: 9 }, (_unused, column) => {
      const block = order[Math.floor(row / 3) * 3 + Math.floor(column / 3)];
      const place = order[(row % 3) * 3 + (column % 3)];
      if (block === undefined) return place === undefined ? 'goal' : `b${place}`;
      return place === undefined ? `b${block}` : `b${block}a${place}`;
    }),
  );
}

const tsv = (rows: readonly (readonly string[])[]) => rows.map((row) => row.join('\t')).join('\n');
const row = (name: string) => Array.from({ length: 8 }, (_, index) => `${name}a${index}`);

describe('parsePaste', () => {
  it('reads a 9 × 9 mandala chart: goal, sub-goals, and their actions in reading order', () => {
    const pasted = parsePaste(tsv(mandala()));
    expect(pasted).to.deep.include({ form: 'mandala', goal: 'goal', actionCount: 64, subGoalCount: 8, leftOut: 0 });
    expect(pasted?.blocks.map(({ title }) => title)).to.deep.equal(['b0', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7']);
    expect(pasted?.blocks[6]?.actions).to.deep.equal(row('b6'));
  });

  it('takes the name of a sub-goal from around the goal where its own block has none', () => {
    const rows = mandala();
    rows[1]?.splice(1, 1, '');
    expect(parsePaste(tsv(rows))?.blocks[0]?.title).to.equal('b0');
  });

  it('reads a mandala chart with empty edges, as a spreadsheet copies it', () => {
    const rows = mandala().map((cells, at) => (at === 0 ? cells.map(() => '') : cells.with(8, '')));
    const pasted = parsePaste(`${tsv(rows)}\r\n`);
    expect(pasted?.form).to.equal('mandala');
    expect(pasted?.goal).to.equal('goal');
  });

  it('reads eight rows of eight actions', () => {
    const pasted = parsePaste(tsv(Array.from({ length: 8 }, (_, index) => row(`b${index}`))));
    expect(pasted).to.deep.include({ form: 'rows', actionCount: 64, subGoalCount: 0, leftOut: 0 });
    expect(pasted?.blocks[3]?.actions[2]).to.equal('b3a2');
  });

  it('reads rows that begin with the name of the sub-goal', () => {
    const pasted = parsePaste(tsv(Array.from({ length: 8 }, (_, index) => [`b${index}`, ...row(`b${index}`)])));
    expect(pasted).to.deep.include({ form: 'rows', actionCount: 64, subGoalCount: 8 });
    expect(pasted?.blocks[7]).to.deep.equal({ title: 'b7', actions: row('b7') });
  });

  it('reads the names of rows that are not full, since a spreadsheet copies the empty cells too', () => {
    const pasted = parsePaste(tsv([['Body', 'Run', 'Swim', '', '', '', '', '', '']]));
    expect(pasted?.blocks).to.deep.equal([{ title: 'Body', actions: ['Run', 'Swim', '', '', '', '', '', ''] }]);
  });

  it('says how many actions of a table have no cell', () => {
    const rows = Array.from({ length: 10 }, (_, index) => row(`b${index}`));
    expect(parsePaste(tsv(rows))).to.deep.include({ actionCount: 64, leftOut: 16 });
  });

  it('reads a list, without its bullets and numbers, 8 lines a block', () => {
    const pasted = parsePaste('- Run\n* Swim\n・泳ぐ\n1. Bike\n2) Rest\n3D printing\n\n  Sleep  \nEat\nRead');
    expect(pasted?.form).to.equal('lines');
    expect(pasted?.blocks[0]?.actions).to.deep.equal([
      'Run',
      'Swim',
      '泳ぐ',
      'Bike',
      'Rest',
      '3D printing',
      'Sleep',
      'Eat',
    ]);
    expect(pasted?.blocks[1]?.actions).to.deep.equal(['Read']);
  });

  it('takes lines that begin with # for sub-goals', () => {
    const pasted = parsePaste('# Body\nRun\n# Mind\nRead\nWrite');
    expect(pasted?.blocks).to.deep.equal([
      { title: 'Body', actions: ['Run'] },
      { title: 'Mind', actions: ['Read', 'Write'] },
    ]);
  });

  it('leaves out what is beyond 64 lines, and says so', () => {
    const lines = Array.from({ length: 70 }, (_, index) => `action ${index}`).join('\n');
    expect(parsePaste(lines)).to.deep.include({ actionCount: 64, leftOut: 6 });
  });

  it('finds nothing in spaces, tabs and line ends', () => {
    expect(parsePaste(' \t \n\t\n')).to.equal(undefined);
  });

  it('gives, for any text, a chart within the limits', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '"', '\t', '\n', '\r', '#', '-', ' ', 'あ') }), (text) => {
        const pasted = parsePaste(text);
        if (pasted === undefined) return;
        expect(pasted.blocks.length).to.be.at.most(8);
        for (const { actions } of pasted.blocks) expect(actions.length).to.be.at.most(8);
        const draft = fill({ ...emptyDraft, title: 'A goal' }, pasted);
        expect(newGoalOf(draft).actions.length).to.equal(pasted.actionCount);
        expect(validate(draft).filter(({ flaw }) => flaw === 'characters')).to.deep.equal([]);
      }),
    );
  });
});

describe('parseTable', () => {
  it('reads quoted cells with tabs, line ends and quotes in them', () => {
    expect(parseTable('"a\tb"\t"c\nd"\n"say ""hi"""\te')).to.deep.equal([
      ['a b', 'c d'],
      ['say "hi"', 'e'],
    ]);
  });

  it('leaves a quote alone that opens no cell', () => {
    expect(parseTable('"Hello" is a greeting\n5" screen')).to.deep.equal([['"Hello" is a greeting'], ['5" screen']]);
  });
});

describe('isChartPaste', () => {
  it('is true for a table or several lines, not for a line', () => {
    expect([isChartPaste('a\tb'), isChartPaste('a\nb'), isChartPaste('a line\n')]).to.deep.equal([true, true, false]);
  });
});
