import { expect } from 'chai';
import { ALL_FAULTS, createDraw, NO_FAULTS, readAwsFaults } from '../../../local/aws/aws-faults.ts';
import { SettingError } from '../../../local/settings.ts';

describe('AWS_FAULTS', () => {
  it('is none unless told, all with on, those that are named, or all but those', () => {
    expect([readAwsFaults(undefined), readAwsFaults('')]).to.deep.equal([NO_FAULTS, NO_FAULTS]);
    expect(readAwsFaults('on')).to.deep.equal(ALL_FAULTS);
    const named = { ...NO_FAULTS, wholeSeconds: 1, indexLagMs: 20, seed: '7' };
    expect(readAwsFaults('{"wholeSeconds":1,"indexLagMs":20,"seed":7}')).to.deep.equal(named);
    expect(readAwsFaults('{"all":true,"aiReset":0}')).to.deep.equal({ ...ALL_FAULTS, aiReset: 0 });
  });

  for (const [text, message] of [
    ['off', 'AWS_FAULTS is not JSON'],
    ['[]', 'AWS_FAULTS must be a JSON object like {'],
    ['{"toString":1}', 'AWS_FAULTS has toString, which is no fault. Known: wholeSeconds, '],
    ['{"wholeSeconds":1.1}', 'AWS_FAULTS has wholeSeconds 1.1; it must be a share from 0 to 1'],
    ['{"indexLagMs":0.5}', 'AWS_FAULTS has indexLagMs 0.5; it must be whole milliseconds from 0 to 60000'],
    ['{"lambdaConcurrency":2}', 'AWS_FAULTS has lambdaConcurrency 2; it must be a share from 0 to 1'],
    ['{"seed":{}}', 'AWS_FAULTS has a `seed` that is no text'],
    ['{"all":1}', 'AWS_FAULTS has `all`, which must be true or false'],
  ] as const) {
    it(`refuses ${text}`, () => {
      expect(() => readAwsFaults(text)).to.throw(SettingError, message);
    });
  }

  it('draws the same numbers from the same seed, others from another, and for each thing its own', () => {
    const draw = (seed: string, what: string) => Array.from({ length: 5 }, createDraw(seed).bind(undefined, what));
    expect(draw('1', 'a')).to.deep.equal(draw('1', 'a'));
    expect(new Set([...draw('1', 'a'), ...draw('2', 'a'), ...draw('1', 'b')])).to.have.lengthOf(15);
  });
});
