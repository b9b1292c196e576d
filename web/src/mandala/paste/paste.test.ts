import { expect } from 'chai';
import fc from 'fast-check';
import { emptyDraft, fill, newGoalOf } from '../draft.ts';
import { validate } from '../validate.ts';
import { isChartPaste, parsePaste } from './paste.ts';
import { parseTable } from './table.ts';

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
const titled = (...titles: string[]) => titles.map((title) => ({ title }));
const named = names.map((title) => ({ title, actions: titled(...row(title)) }));
const full = { actionCount: 64, subGoalCount: 8, leftOut: [], blocks: named };

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
    read: { blocks: [{ title: 'Body', actions: titled('Run', 'Swim', '', '', '', '', '', '') }] },
  },
  'as many actions of a table as there are cells, and says how many have none': {
    text: tsv([...names, 'b8', 'b9'].map(row)),
    read: { actionCount: 64, leftOut: [...row('b8'), ...row('b9')] },
  },
  'a list, without its bullets and numbers, 8 lines a block': {
    text: '- Run\n* Swim\n・泳ぐ\n1. Bike\n2) Rest\n3D printing\n\n  Sleep  \nEat\nRead',
    read: {
      form: 'lines',
      blocks: [
        { title: '', actions: titled('Run', 'Swim', '泳ぐ', 'Bike', 'Rest', '3D printing', 'Sleep', 'Eat') },
        { title: '', actions: titled('Read') },
      ],
    },
  },
  'lines that begin with # as sub-goals': {
    text: '# Body\nRun\n# Mind\nRead\nWrite',
    read: {
      blocks: [
        { title: 'Body', actions: titled('Run') },
        { title: 'Mind', actions: titled('Read', 'Write') },
      ],
    },
  },
  'no more than 64 lines, and says how many are left out': {
    text: Array.from({ length: 70 }, (_, index) => `action ${index}`).join('\n'),
    read: { actionCount: 64, leftOut: Array.from({ length: 6 }, (_, index) => `action ${64 + index}`) },
  },
  'a list of sub-goal, action, type and description, as a spreadsheet saves it, by its head in any order': {
    text: '\ufeffType,Action,"Sub-goal",Owner,Notes\r\nHabit,"Run, slowly",Body,me,"In the ""park"",\r\nat dawn"\r\nonce,Swim,Body,,\r\noften,Read,Mind,,\r\n',
    read: {
      form: 'list',
      unknownColumns: ['Owner'],
      unknownTypes: 1,
      blocks: [
        {
          title: 'Body',
          actions: [
            { title: 'Run, slowly', type: 'habit', description: 'In the "park", at dawn' },
            { title: 'Swim', type: 'execution', description: '' },
          ],
        },
        { title: 'Mind', actions: [{ title: 'Read', type: 'execution', description: '' }] },
      ],
    },
  },
  'a list in Japanese without a head, by its types': {
    text: tsv([
      ['体', '走る', '習慣', '朝に'],
      ['心', '読む', '1回のみ', ''],
    ]),
    read: {
      form: 'list',
      subGoalCount: 2,
      blocks: [
        { title: '体', actions: [{ title: '走る', type: 'habit', description: '朝に' }] },
        { title: '心', actions: [{ title: '読む', type: 'execution', description: '' }] },
      ],
    },
  },
  'joined cells, semicolons, and descriptions in a last column that has no types': {
    text: 'Body;Run;Slowly\n;Swim;\nMind;Read;Ten pages',
    read: {
      form: 'list',
      blocks: [
        {
          title: 'Body',
          actions: [
            { title: 'Run', type: 'execution', description: 'Slowly' },
            { title: 'Swim', type: 'execution', description: '' },
          ],
        },
        { title: 'Mind', actions: [{ title: 'Read', type: 'execution', description: 'Ten pages' }] },
      ],
    },
  },
  'more than 8 actions of a sub-goal on in another block of that name, and leaves out what is beyond the eighth': {
    text: tsv([
      ['Sub-goal', 'Action'],
      ...row('x').flatMap((name) => row(name).map((action) => [name, action])),
      ...row('y').map((action) => ['last', action]),
      ['none', ''],
    ]),
    read: { subGoalCount: 8, actionCount: 64, leftOut: [...row('y'), 'none'] },
  },
  'a 9 × 9 chart with commas': {
    text: mandala()
      .map((cells) => cells.join(','))
      .join('\r\n'),
    read: { form: 'mandala', goal: 'goal', ...full },
  },
  'sentences with commas as what they are': {
    text: 'Eat well, sleep well\nRun, swim\nRead, write, rest',
    read: {
      form: 'lines',
      actionCount: 3,
      blocks: [{ title: '', actions: titled('Eat well, sleep well', 'Run, swim', 'Read, write, rest') }],
    },
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
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '"', '\t', '\n', '\r', '#', '-', ' ', ',', 'あ') }),
        (text) => {
          const pasted = parsePaste(text);
          if (pasted === undefined) return;
          expect(pasted.blocks.length).to.be.at.most(8);
          for (const { actions } of pasted.blocks) expect(actions.length).to.be.at.most(8);
          const draft = fill({ ...emptyDraft, title: 'A goal' }, pasted);
          expect(newGoalOf(draft).actions.length).to.equal(pasted.actionCount);
          expect(validate(draft).filter(({ flaw }) => flaw === 'characters')).to.deep.equal([]);
        },
      ),
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
