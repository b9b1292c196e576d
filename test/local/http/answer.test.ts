import { expect } from 'chai';
import { lambdaAnswer } from '../../../local/http/answer.ts';

describe('the answer of a function behind the gateway', () => {
  it('is text unless it says otherwise, may have no body, and is a 500 when it cannot be read', () => {
    const headers = { 'Content-Type': 'application/json', 'X-Count': 3 };
    expect(lambdaAnswer({ statusCode: 201, headers, body: '"é"' })).to.deep.equal({
      status: 201,
      headers: { 'content-type': 'application/json', 'x-count': '3' },
      body: Buffer.from('"é"'),
    });
    const text = { 'content-type': 'text/plain; charset=utf-8' };
    expect(lambdaAnswer({ statusCode: 204 })).to.deep.equal({ status: 204, headers: text, body: Buffer.alloc(0) });
    for (const answer of [
      null,
      { name: 'without a statusCode' },
      { statusCode: '200' },
      { statusCode: 101 },
      { statusCode: 600 },
      { statusCode: 200, body: { a: 1 } },
      { statusCode: 200, headers: { 'x-split': 'a\r\nset-cookie: b=1' } },
      { statusCode: 200, headers: { 'not a name': 'a' } },
    ])
      expect(lambdaAnswer(answer).status, JSON.stringify(answer)).to.equal(500);
  });
});
