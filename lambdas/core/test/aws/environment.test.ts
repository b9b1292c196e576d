import { expect } from 'chai';
import { readEnvironment, readNumbers } from '../../src/aws/environment.ts';

describe('the environment', () => {
  it('is read by name', () => {
    expect(readEnvironment(['A'], { A: 'x', B: 'y' })).to.deep.equal({ A: 'x' });
    expect(readNumbers(['A', 'B'], { A: '1.5', B: '0' })).to.deep.equal({ A: 1.5, B: 0 });
  });

  it('fails naming every variable that is missing or empty', () => {
    expect(() => readEnvironment(['A', 'B', 'C'], { A: 'x', C: '' })).to.throw('B, C');
  });

  it('fails naming the variable that is no number', () => {
    for (const A of ['x', '-1', 'NaN', 'Infinity']) expect(() => readNumbers(['A'], { A })).to.throw('variable A');
  });
});
