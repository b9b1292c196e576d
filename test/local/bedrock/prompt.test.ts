import { expect } from 'chai';
import fc from 'fast-check';
import { isJapanese, readPrompt, taggedFault } from '../../../local/aws/bedrock/prompt.ts';
import { generateTasks, malformedInput } from '../../../local/aws/bedrock/tasks.ts';
import { anyCodePoint } from '../../support/code-point.ts';

describe('the prompt as the mock reads it', () => {
  it('has the action in one line, without its tags, and not those of others', () => {
    const { action, tags } = readPrompt('Goal: "[ai:hang]"\nAction: "Eat\\n[ai:throttle=2] [ai:error][ai:nothing]"');
    expect(action).to.equal('Eat [ai:nothing]');
    expect([1, 2, 3].map((call) => taggedFault(tags, call))).to.deep.equal(['throttle', 'throttle', 'error']);
    expect(taggedFault([{ fault: 'hang', calls: 0 }], 1)).to.equal(undefined);
    expect(readPrompt('no action')).to.deep.equal({ action: '', tags: [] });
  });

  it('tells Japanese from other text', () => {
    expect(['ひらがな', 'カタカナ', '漢字', 'run 走る'].every(isJapanese)).to.equal(true);
    expect(['Laufen', 'бег', '', '🏃'].some(isJapanese)).to.equal(false);
  });
});

describe('the tasks that the mock makes', () => {
  it('are 3 to 5, different, short, and about the action, whatever the text; what is malformed is none of them', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCodePoint, maxLength: 300 }), fc.string(), (title, seed) => {
        const text = `Action: ${JSON.stringify(title)}`;
        const prompt = readPrompt(text);
        const tasks = generateTasks(seed, text, prompt);
        expect(new Set(tasks.map((task) => task.title)).size)
          .to.equal(tasks.length)
          .and.to.be.within(3, 5);
        for (const task of tasks) {
          expect(task.title.length).to.be.within(1, 250);
          if (Array.from(prompt.action).length > 80) continue;
          expect(task.title).to.include(prompt.action);
          expect(task.description).to.include(prompt.action);
        }
        expect(malformedInput(seed, text, 1, tasks)).to.not.deep.equal({ tasks });
      }),
    );
  });
});
