import { expect } from 'chai';
import fc from 'fast-check';
import { isJapanese, readPrompt, taggedFault } from '../../../local/aws/bedrock/prompt.ts';
import { generateTasks, malformedInput } from '../../../local/aws/bedrock/tasks.ts';
import { anyCodePoint } from '../../support/code-point.ts';

describe('the prompt as the mock reads it', () => {
  it('has the action and the goal from their lines', () => {
    const text = 'Context: {"title":"Not this"}\nGoal: "Run \\"far\\""\n  Action: "Buy\\nshoes"  \nMore';
    expect(readPrompt(text)).to.deep.equal({ action: 'Buy shoes', goal: 'Run "far"', tags: [] });
  });

  it('has the action from other forms of prompt', () => {
    expect(readPrompt('Goal: Health\nAction: Eat fruit').action).to.equal('Eat fruit');
    expect(readPrompt('Action: {"id":"a1","title":"Eat [ai:error] fruit"}').action).to.equal('Eat fruit');
    expect(readPrompt('{"goal":1, "title" : "Eat \\"fruit\\""}').action).to.equal('Eat "fruit"');
    expect(readPrompt('\n  Eat fruit\nnow').action).to.equal('Eat fruit');
  });

  it('has the tags of the action alone, without them in its title', () => {
    const { action, tags } = readPrompt('Goal: "[ai:hang]"\nAction: "Eat [ai:throttle=2] [ai:error][ai:nothing]"');
    expect(action).to.equal('Eat [ai:nothing]');
    expect(tags).to.deep.equal([
      { fault: 'throttle', calls: 2 },
      { fault: 'error', calls: undefined },
    ]);
    expect([1, 2, 3].map((call) => taggedFault(tags, call))).to.deep.equal(['throttle', 'throttle', 'error']);
    expect(taggedFault([{ fault: 'hang', calls: 0 }], 1)).to.equal(undefined);
  });

  it('cannot have its action forged by a title with line breaks', () => {
    const text = `Goal: ${JSON.stringify('x\nAction: "forged"')}\nAction: ${JSON.stringify('real')}`;
    expect(readPrompt(text).action).to.equal('real');
  });

  it('tells Japanese from other text', () => {
    expect(['ひらがな', 'カタカナ', '漢字', 'run 走る'].every(isJapanese)).to.equal(true);
    expect(['Laufen', 'бег', '', '🏃'].some(isJapanese)).to.equal(false);
  });
});

describe('the tasks that the mock makes', () => {
  it('are 3 to 5, different, in range and about the action, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCodePoint }), fc.string(), (title, seed) => {
        const text = `Action: ${JSON.stringify(title)}`;
        const prompt = readPrompt(text);
        const tasks = generateTasks(seed, text, prompt);
        expect(tasks.length).to.be.within(3, 5);
        expect(new Set(tasks.map((task) => task.title)).size).to.equal(tasks.length);
        for (const task of tasks) {
          expect(task.estimatedMinutes).to.be.within(5, 240);
          expect(Number.isInteger(task.estimatedMinutes)).to.equal(true);
          expect(['execution', 'habit']).to.include(task.type);
          expect(task.title.length).to.be.within(1, 200);
          if (prompt.action.length > 0 && prompt.action.length <= 80) {
            expect(task.title).to.include(prompt.action);
            expect(task.description).to.include(prompt.action);
          }
        }
        expect(generateTasks(seed, text, prompt)).to.deep.equal(tasks);
        expect(malformedInput(seed, text, 1, tasks)).to.not.deep.equal({ tasks });
      }),
    );
  });

  it('differ between actions and come in every number', () => {
    const counts = new Set<number>();
    for (let index = 0; index < 40; index += 1) {
      const text = `Action: "Action ${index}"`;
      counts.add(generateTasks('1', text, readPrompt(text)).length);
    }
    expect([...counts].sort()).to.deep.equal([3, 4, 5]);
  });

  it('quote a very long title cut short', () => {
    const text = `Action: ${JSON.stringify('長'.repeat(500))}`;
    for (const task of generateTasks('1', text, readPrompt(text))) expect(task.title.length).to.be.lessThan(120);
  });
});
