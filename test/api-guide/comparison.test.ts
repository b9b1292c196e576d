import { expect } from 'chai';
import { createComparison } from './comparison.ts';
import { parseAnswer } from './examples.ts';

const PAGE_ID = '0b6f8f5e-6a5c-4d3e-9b1a-2f4c7d8e9a10';
const HERE = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'] as const;
const answerOf = (body: string, head = 'HTTP/1.1 200 OK') => parseAnswer(`${head}\n\n${body}`);
const difference = (shown: string, given: string, comparison = createComparison({})) =>
  comparison.difference(answerOf(shown), answerOf(given));

describe('an answer beside the one that the page shows', () => {
  for (const [what, shown, given] of [
    ['the same', '{"a": [1, "x", null]}', '{"a":[1,"x",null]}'],
    ['more members where some are left out', '{"a": 1, ...}', '{"b":2,"a":1}'],
    [
      'any items where some are left out',
      '[{"a": 1, ...}, {"a": 2, ...}, ...]',
      '[{"a":2,"b":0},{"a":3},{"a":1,"b":0}]',
    ],
    [
      'other times, durations and ids',
      `["2026-01-31T09:30:00.000Z", {"durationMs": 3}, "${PAGE_ID}#1-0"]`,
      `["2027-01-31T09:30:00.123Z",{"durationMs":4},"${HERE[0]}#1-0"]`,
    ],
  ] as const)
    it(`fits: ${what}`, () => expect(difference(shown, given)).to.equal(undefined));

  for (const [what, shown, given] of [
    ['another value', '{"a": 1}', '{"a":2}'],
    ['another type', '{"durationMs": 1}', '{"durationMs":"1"}'],
    ['a member that is not there', '{"a": 1, "b": 2, ...}', '{"a":1,"c":2}'],
    ['a member that is not shown', '{"a": 1}', '{"a":1,"b":2}'],
    ['nothing left out, though the page says so', '{"a": 1, ...}', '{"a":1}'],
    ['no item left out, though the page says so', '[1, 2, ...]', '[1,2]'],
    ['an item that is not there', '[1, 4, ...]', '[1,2,3]'],
    ['one item for two', '[1, 1, ...]', '[1,2,3]'],
    ['another part of an id', `"${PAGE_ID}#1-0"`, `"${HERE[0]}#2-0"`],
    ['one id for two', `["${PAGE_ID}", "${PAGE_ID}"]`, JSON.stringify(HERE)],
    ['no body', '{}', ''],
  ] as const)
    it(`differs: ${what}`, () => expect(difference(shown, given)).to.be.a('string'));

  it('differs by its status, and by a header that is shown', () => {
    const comparison = createComparison({});
    const ok = answerOf('{}', 'HTTP/1.1 200 OK\nRetry-After: 1');
    expect(comparison.difference(ok, answerOf('{}', 'HTTP/1.1 202 Accepted\nRetry-After: 1'))).to.include('status');
    expect(comparison.difference(ok, answerOf('{}', 'HTTP/1.1 200 OK\nRetry-After: 2'))).to.include('retry-after');
  });

  it('teaches which id stands for which, and one that differs teaches nothing', () => {
    const comparison = createComparison({});
    difference(`{"a": "${PAGE_ID}", "b": 1}`, `{"a":"${HERE[0]}","b":2}`, comparison);
    expect(comparison.translate(PAGE_ID)).to.equal(PAGE_ID);
    difference(`"${PAGE_ID}"`, `"${HERE[1]}"`, comparison);
    expect(comparison.translate(`/api/goals/${PAGE_ID}`)).to.equal(`/api/goals/${HERE[1]}`);
  });
});
