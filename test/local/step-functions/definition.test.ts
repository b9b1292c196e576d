import { expect } from 'chai';
import {
  allStates,
  type Definition,
  parseDefinition,
  scaleDefinition,
} from '../../../local/aws/step-functions/engine/definition.ts';
import { machine, task } from './test-support.ts';

const LONGEST = 2_147_483;
const states = { Work: task({ TimeoutSeconds: 120, Next: 'Unlimited' }), Unlimited: task() };
const DEFINITION: Definition = parseDefinition(machine(states));

describe('a definition', () => {
  it('gives a task at least a second, one without a timeout the longest timer there is, and no timer a longer one', () => {
    const statesOf = (timeScale: number) => Object.fromEntries(allStates(scaleDefinition(DEFINITION, timeScale)));
    expect(statesOf(0.001).Work).to.include({ TimeoutSeconds: 1 });
    expect(statesOf(1).Unlimited).to.include({ TimeoutSeconds: LONGEST });
    expect(scaleDefinition({ ...DEFINITION, TimeoutSeconds: 99_999_999 }, 1).TimeoutSeconds).to.equal(LONGEST);
  });

  it('is refused when it is none, or one that the local stack does not run', () => {
    expect(() => parseDefinition({ StartAt: 'Missing', States: {} })).to.throw(/definition is invalid/);
    const branch = machine({ Only: { Type: 'Succeed' } });
    const both = { Type: 'Parallel', Branches: [branch], End: true };
    for (const other of [{ ...branch, QueryLanguage: 'JSONata' }, machine({ Both: both })])
      expect(() => parseDefinition(other)).to.throw(/JSONPath without Parallel states only/);
  });
});
