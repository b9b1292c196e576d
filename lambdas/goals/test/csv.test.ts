import { expect } from 'chai';
import { csvOf } from '../src/csv.ts';

const HEAD = 'taskId,actionId,subGoal,action,title,description,type,estimatedMinutes,status,changedAt\r\n';
const action = { goalId: 'g', actionId: 'a', position: 0, title: 'Jog', description: '', type: 'habit' } as const;
const task = {
  taskId: 'a#1-0',
  actionId: 'a',
  title: 'Run',
  description: 'Slowly.',
  type: 'execution',
  estimatedMinutes: 15,
  status: 'done',
  executionArn: null,
  version: 2,
  changedAt: '2026-02-01T07:00:00.000Z',
} as const;

describe('tasks as CSV', () => {
  it('have a header, and a row each, in the order of the actions', () => {
    const second = { ...action, actionId: 'b', position: 1, subGoal: 'Base' };
    const other = { ...task, actionId: 'b', taskId: 'b#1-0', changedAt: null };
    expect(csvOf([second, action], [task, other, { ...task, actionId: 'removed' }])).to.equal(
      `${HEAD}b#1-0,b,Base,Jog,Run,Slowly.,execution,15,done,\r\na#1-0,a,,Jog,Run,Slowly.,execution,15,done,2026-02-01T07:00:00.000Z\r\n`,
    );
    expect(csvOf([], [task])).to.equal(HEAD);
  });

  for (const [text, field] of [
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "yes"', '"say ""yes"""'],
    ['one\ntwo\r', '"one\ntwo\r"'],
    [' =1', ' =1'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['\n=1', '"\'\n=1"'],
    ['＝1', "'＝1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠1', "'＠1"],
    ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
    ['走る、毎日', '走る、毎日'],
    ['', ''],
  ] as const)
    it(`write ${JSON.stringify(text)} so that it is read as it is, and never calculated`, () => {
      const rows = csvOf([action], [{ ...task, title: text }]).slice(HEAD.length);
      expect(rows).to.equal(`a#1-0,a,,Jog,${field},Slowly.,execution,15,done,2026-02-01T07:00:00.000Z\r\n`);
    });
});
