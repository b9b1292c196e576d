import { expect } from 'chai';
import { ALL_FAULTS, createDraw, NO_FAULTS, readAwsFaults } from '../../../local/aws/aws-faults.ts';
import { SettingError } from '../../../local/settings.ts';

describe('readAwsFaults', () => {
  it('has none unless told, and all of them with on', () => {
    expect(readAwsFaults(undefined)).to.deep.equal(NO_FAULTS);
    expect(readAwsFaults('')).to.deep.equal(NO_FAULTS);
    expect(readAwsFaults('on')).to.deep.equal(ALL_FAULTS);
  });

  it('takes those that are named, and the seed', () => {
    const faults = readAwsFaults('{"wholeSeconds":1,"indexLagMs":20,"lambdaConcurrency":1,"seed":7}');
    expect(faults).to.deep.equal({ ...NO_FAULTS, wholeSeconds: 1, indexLagMs: 20, lambdaConcurrency: 1, seed: '7' });
  });

  it('takes all but those that are named', () => {
    expect(readAwsFaults('{"all":true,"aiReset":0}')).to.deep.equal({ ...ALL_FAULTS, aiReset: 0 });
  });

  for (const [text, message] of [
    ['off', 'AWS_FAULTS is not JSON'],
    ['[]', 'AWS_FAULTS must be a JSON object like {'],
    ['{"rain":1}', 'AWS_FAULTS has rain, which is no fault. Known: wholeSeconds, '],
    ['{"toString":1}', 'AWS_FAULTS has toString, which is no fault'],
    ['{"wholeSeconds":1.1}', 'AWS_FAULTS has wholeSeconds 1.1; it must be a share from 0 to 1'],
    ['{"wholeSeconds":"1"}', 'AWS_FAULTS has wholeSeconds "1"; it must be a share from 0 to 1'],
    ['{"indexLagMs":0.5}', 'AWS_FAULTS has indexLagMs 0.5; it must be whole milliseconds from 0 to 60000'],
    ['{"lambdaConcurrency":2}', 'AWS_FAULTS has lambdaConcurrency 2; it must be 0 or 1'],
    ['{"seed":{}}', 'AWS_FAULTS has a `seed` that is no text'],
    ['{"all":1}', 'AWS_FAULTS has `all`, which must be true or false'],
  ] as const) {
    it(`refuses ${text}`, () => {
      expect(() => readAwsFaults(text)).to.throw(SettingError, message);
    });
  }
});

describe('createDraw', () => {
  it('draws the same numbers from the same seed, others from another, and for each thing its own', () => {
    const draw = (seed: string, what: string) => Array.from({ length: 5 }, createDraw(seed).bind(undefined, what));
    expect(draw('1', 'a')).to.deep.equal(draw('1', 'a'));
    expect(new Set([...draw('1', 'a'), ...draw('2', 'a'), ...draw('1', 'b')])).to.have.lengthOf(15);
    for (const number of draw('1', 'a')) expect(number).to.be.within(0, 1);
  });
});
