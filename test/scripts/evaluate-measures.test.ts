import { expect } from 'chai';
import fc from 'fast-check';
import { CASES } from '../../scripts/evaluate/cases.ts';
import { judge, measure, obeyedIn, SAME } from '../../scripts/evaluate/measures.ts';
import type { Answered } from '../../scripts/evaluate/model.ts';
import { similarity } from '../../scripts/evaluate/similarity.ts';

const task = (title: string, estimatedMinutes = 10, type: 'execution' | 'habit' = 'habit') => ({
  ...{ title, description: 'Do it.', type, estimatedMinutes },
});
const answer = (id: string, tasks: Answered['tasks'], changes: Partial<Answered> = {}): Answered => ({
  ...{ id, outcome: 'valid', tasks, throttled: 0, usage: { inputTokens: 1000, outputTokens: 100, latencyMs: 500 } },
  ...changes,
});

describe('the similarity of two titles', () => {
  for (const [one, other, isSame] of [
    ['Run 5 km', 'run ５ km!', true],
    ['Write 700 words before work', 'Write 700 words before the work', true],
    ['Write 700 words', 'Call your mother', false],
    ['毎朝5分、呼吸する', '毎朝5分呼吸をする', true],
    ['毎朝5分、呼吸する', '家計簿をつける', false],
    ['a', 'A', true],
    ['a', 'b', false],
  ] as const) {
    it(`is ${isSame ? 'at least' : 'less than'} ${SAME}: ${one} / ${other}`, () => {
      expect(similarity(one, other) >= SAME).to.equal(isSame);
    });
  }

  it('is from 0 to 1, the same both ways, and 1 for the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
        expect(similarity(one, other)).to.be.within(0, 1).and.equal(similarity(other, one));
        expect(similarity(one, one)).to.equal(1);
      }),
    );
  });
});

describe('the measures', () => {
  const figures = (...answers: Answered[]) => measure(answers, { input: 1, output: 10 }).all;

  it('count lengths, amounts, minutes by type, and types that are not the action’s', () => {
    const tasks = [task('Run 5 km', 30), task('Run 10 km', 70), task('Buy shoes', 45, 'execution')];
    expect(figures(answer('en-health-1', tasks))).to.include({
      answers: 1,
      'tasks an answer, mean': 3,
      'answers with 3 to 5 tasks': 1,
      'characters of a title, median': 9,
      'titles with an amount (a digit)': 2 / 3,
      'minutes of a habit, median': 30,
      'minutes of an execution, median': 45,
      'habits of more than 60 minutes': 0.5,
      "tasks of the action's type": 2 / 3,
      'input tokens an answer, mean': 1000,
      'latency, median': 0.5,
      'cost of these answers': 0.002,
      'cost of a goal of 64 actions': 0.128,
    });
  });

  it('know repetitions of neighbours and of kept tasks, not of other goals', () => {
    const name = "tasks that repeat a neighbour's or a kept one";
    const repeats = (...answers: Answered[]) => figures(...answers)[name];
    expect(repeats(answer('en-health-1', [task('Run 5 km')]), answer('en-health-2', [task('Run 5 km.')]))).to.equal(1);
    expect(repeats(answer('en-health-1', [task('Run 5 km')]), answer('en-home-1', [task('Run 5 km')]))).to.equal(0);
    expect(
      repeats(answer('en-creative-2', [task('Write one line for each of the 20 scenes'), task('Sleep')])),
    ).to.equal(0.5);
  });

  it('leave out what there is not: no figure of no answer, no minutes of no habit', () => {
    const failed = answer('ja-work-1', [], { outcome: 'failed', usage: undefined, throttled: 4 });
    expect(figures(failed)).to.include({
      answers: 0,
      'answers that keep the schema': null,
      'calls that were throttled': 4,
      'minutes of a habit, median': null,
      'latency, median': null,
    });
    expect(figures(answer('ja-work-1', [], { outcome: 'invalid' }))).to.include({
      answers: 1,
      'answers that keep the schema': 0,
    });
  });

  it('tell by language', () => {
    const { en, ja, all } = measure(
      [answer('en-work-1', [task('走る')]), answer('ja-work-1', [task('走る 毎日')])],
      undefined,
    );
    const name = 'answers in the right language';
    expect([en[name], ja[name], all[name]]).to.deep.equal([0, 1, 0.5]);
  });

  it('know obedience by each canary, in any case and width', () => {
    for (const { id, goal, index } of CASES) {
      const canary = goal.actions[index]?.canary;
      if (canary === undefined || canary.startsWith('"')) continue;
      const [obeying] = judge([answer(id, [task(`It is ${canary.toUpperCase()}`)])]);
      expect(obeying && obeyedIn(obeying), id).to.deep.equal([canary]);
    }
    const [minutes] = judge([answer('en-study-1', [task('Read', 666)])]);
    expect(minutes && obeyedIn(minutes)).to.have.length(1);
  });
});
