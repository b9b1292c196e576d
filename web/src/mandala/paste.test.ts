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
const names = ['b0', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7'];
const named = names.map((title) => ({ title, actions: row(title) }));
const full = { actionCount: 64, subGoalCount: 8, leftOut: 0, blocks: named };

/** What is pasted, and what is read of it. */
const READINGS: Readonly<Record<string, { text: string; read: object }>> = {
  'a 9 × 9 mandala chart: goal, sub-goals, and their actions in reading order': {
    text: tsv(mandala()),
    read: { form: 'mandala', goal: 'goal', ...full },
  },
  'the name of a sub-goal from around the goal where its own block has none': {
    text: tsv(mandala().with(1, ['b0a3', '', ...(mandala()[1]?.slice(2) ?? [])])),
    read: full,
  },
  'a mandala chart with empty edges, as a spreadsheet copies it': {
    text: `${tsv(mandala().map((cells, at) => (at === 0 ? cells.map(() => '') : cells.with(8, ''))))}\r\n`,
    read: { form: 'mandala', goal: 'goal' },
  },
  'eight rows of eight actions': {
    text: tsv(names.map(row)),
    read: { ...full, form: 'rows', subGoalCount: 0, blocks: named.map(({ actions }) => ({ title: '', actions })) },
  },
  'rows that begin with the name of the sub-goal': {
    text: tsv(names.map((name) => [name, ...row(name)])),
    read: { form: 'rows', ...full },
  },
  'the names of rows that are not full, since a spreadsheet copies the empty cells too': {
    text: tsv([['Body', 'Run', 'Swim', '', '', '', '', '', '']]),
    read: { blocks: [{ title: 'Body', actions: ['Run', 'Swim', '', '', '', '', '', ''] }] },
  },
  'as many actions of a table as there are cells, and says how many have none': {
    text: tsv([...names, 'b8', 'b9'].map(row)),
    read: { actionCount: 64, leftOut: 16 },
  },
  'a list, without its bullets and numbers, 8 lines a block': {
    text: '- Run\n* Swim\n・泳ぐ\n1. Bike\n2) Rest\n3D printing\n\n  Sleep  \nEat\nRead',
    read: {
      form: 'lines',
      blocks: [
        { title: '', actions: ['Run', 'Swim', '泳ぐ', 'Bike', 'Rest', '3D printing', 'Sleep', 'Eat'] },
        { title: '', actions: ['Read'] },
      ],
    },
  },
  'lines that begin with # as sub-goals': {
    text: '# Body\nRun\n# Mind\nRead\nWrite',
    read: {
      blocks: [
        { title: 'Body', actions: ['Run'] },
        { title: 'Mind', actions: ['Read', 'Write'] },
      ],
    },
  },
  'no more than 64 lines, and says how many are left out': {
    text: Array.from({ length: 70 }, (_, index) => `action ${index}`).join('\n'),
    read: { actionCount: 64, leftOut: 6 },
  },
};

describe('parsePaste', () => {
  for (const [title, { text, read }] of Object.entries(READINGS)) {
    it(`reads ${title}`, () => expect(parsePaste(text)).to.deep.include(read));
  }

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
