import { expect } from 'chai';
import fc from 'fast-check';
import { ExpressionError, parseExpression, type Value } from '../../../local/aws/cloudwatch/expression.ts';

const compute = (text: string, values: Readonly<Record<string, Value>> = {}) =>
  parseExpression(text).compute((id) => values[id]);

describe('metric math', () => {
  const cases: [text: string, values: Record<string, Value>, expected: Value][] = [
    ['1 + 2 * 3 - 8 / 4', {}, 5],
    ['(1 + 2) * 3', {}, 9],
    ['10 - 4 - 3', {}, 3],
    ['m1 + m2', { m1: 1.5, m2: 2 }, 3.5],
    ['m1 + m2', { m1: 1.5, m2: undefined }, undefined],
    ['m1 / m2', { m1: 1, m2: 0 }, undefined],
    ['FILL(m1, 0) + m2', { m1: undefined, m2: 2 }, 2],
    ['FILL(m1, 0)', { m1: 7 }, 7],
    ['IF(ended > 0, 100 * failed / ended, 0)', { ended: 10, failed: 2 }, 20],
    ['IF(ended > 0, 100 * failed / ended, 0)', { ended: 0, failed: 0 }, 0],
    ['IF(ended > 0, 1, 0)', { ended: undefined }, undefined],
    ['(m1 >= 2) + (m1 <= 2) * 2 + (m1 < 2) * 4', { m1: 2 }, 3],
  ];
  for (const [text, values, expected] of cases) {
    it(`computes ${text} of ${JSON.stringify(values)}`, () => {
      expect(compute(text, values)).to.equal(expected);
    });
  }

  it('names the ids that it refers to', () => {
    expect([...parseExpression('IF(a > 0, b / a, FILL(c_1, 0))').ids]).to.have.members(['a', 'b', 'c_1']);
  });

  const refused: Record<string, string> = {
    '': 'ends too early',
    'm1 +': 'ends too early',
    '(m1': 'ends too early',
    'm1 m2': '"m2" is not expected',
    'RATE(m1)': 'does not know RATE',
    'SUM([m1])': 'does not know SUM',
    'FILL(m1, REPEAT)': 'does not know REPEAT',
    'IF(m1, 2)': '"," is expected where ")" stands',
    'm1 % 2': '"%" is not expected there',
    "SEARCH('{AWS/Lambda}')": 'does not know SEARCH',
    '-m1': 'does not know -',
  };
  for (const [text, words] of Object.entries(refused)) {
    it(`refuses "${text}"`, () => {
      expect(() => parseExpression(text)).to.throw(ExpressionError, words);
    });
  }

  it('computes what JavaScript computes of the same arithmetic', () => {
    const leaf = fc.integer({ min: 0, max: 50 }).map(String);
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc
          .tuple(tie('tree'), fc.constantFrom('+', '-', '*', '/', '<', '>='), tie('tree'))
          .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      ),
    }));
    fc.assert(
      fc.property(tree, (text) => {
        const value: unknown = new Function(`return ${text}`)();
        const expected = Number(value);
        // A division by zero anywhere takes the result away, where JavaScript may get a number back from infinity.
        const result = compute(text);
        if (result !== undefined) expect(result).to.be.closeTo(expected, Math.abs(expected) * 1e-12);
        else expect(text).to.include('/');
      }),
    );
  });

  it('reads or refuses any text', () => {
    const token = fc.constantFrom('m1', 'IF', 'FILL', '(', ')', ',', '+', '-', '<', '>=', '3', ' ', '%');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(token).map((tokens) => tokens.join(' ')),
        ),
        (text) => {
          try {
            parseExpression(text).compute(() => 1);
          } catch (error) {
            expect(error).to.be.instanceOf(ExpressionError);
          }
        },
      ),
    );
  });
});
