import { expect } from 'chai';
import { ExpressionError, parseExpression, type Value } from '../../../local/aws/cloudwatch/expression.ts';

describe('metric math', () => {
  const cases: [text: string, values: Record<string, Value>, expected: Value][] = [
    ['(1 + 2) * 3 - 8 / 4', {}, 7],
    ['m1 + m2', { m1: 1.5, m2: undefined }, undefined],
    ['m1 / m2', { m1: 1, m2: 0 }, undefined],
    ['FILL(m1, 0) + m2', { m1: undefined, m2: 2 }, 2],
    ['FILL(m1, 0)', { m1: 7 }, 7],
    ['IF(ended > 0, 100 * failed / ended, 0)', { ended: 10, failed: 2 }, 20],
    ['IF(ended > 0, 100 * failed / ended, 0)', { ended: 0, failed: 0 }, 0],
    ['(m1 >= 2) + (m1 <= 2) * 2 + (m1 < 2) * 4', { m1: 2 }, 3],
  ];
  it('computes what AWS does of values, of missing ones and of a division by zero', () => {
    for (const [text, values, expected] of cases)
      expect(
        parseExpression(text).compute((id) => values[id]),
        text,
      ).to.equal(expected);
    expect([...parseExpression('IF(a > 0, b / a, FILL(c_1, 0))').ids]).to.have.members(['a', 'b', 'c_1']);
  });

  it('refuses all else', () => {
    const refused = ['', 'm1 +', '(m1', 'm1 m2', 'RATE(m1)', 'SUM([m1])', 'FILL(m1, REPEAT)', 'm1 % 2', 'm1 // 2'];
    for (const text of [...refused, 'FILL', 'this', 'm1.constructor', "SEARCH('{AWS/Lambda}')"])
      expect(() => parseExpression(text), text).to.throw(ExpressionError, text);
  });
});
