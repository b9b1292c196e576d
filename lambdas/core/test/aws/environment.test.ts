import { expect } from 'chai';
import sinon from 'sinon';
import { readEnvironment, readNumbers } from '../../src/aws/environment.ts';

describe('the environment', () => {
  const given = (variables: object) => sinon.stub(process, 'env').value(variables);
  afterEach(() => sinon.restore());

  it('is read by name', () => {
    given({ A: '1.5', B: '0', C: 'z' });
    expect(readEnvironment(['A', 'C'])).to.deep.equal({ A: '1.5', C: 'z' });
    expect(readNumbers(['A', 'B'])).to.deep.equal({ A: 1.5, B: 0 });
  });

  it('fails naming every variable that is missing or empty', () => {
    given({ A: 'x', C: '' });
    expect(() => readEnvironment(['A', 'B', 'C'])).to.throw('B, C');
  });

  for (const A of ['x', '-1', 'NaN', 'Infinity']) {
    it(`fails naming the variable that is no number: ${A}`, () => {
      given({ A });
      expect(() => readNumbers(['A'])).to.throw('variable A');
    });
  }
});
