import { expect } from 'chai';
import { createConcurrency } from '../../../local/aws/lambda/concurrency.ts';
import { ThrottledError } from '../../../local/aws/lambda/errors.ts';

const FUNCTIONS = [
  { functionName: 'reserved', reservedConcurrency: 2 },
  { functionName: 'off', reservedConcurrency: 0 },
  { functionName: 'one' },
  { functionName: 'other' },
];

describe('the concurrency of Lambda', () => {
  const take = (concurrency: ReturnType<typeof createConcurrency>, functionName: string, count: number) =>
    Array.from({ length: count }, () => concurrency.enter(functionName));

  it('refuses what is above the reservation of a function, and takes it again once one has ended', () => {
    const concurrency = createConcurrency(FUNCTIONS);
    const [first] = take(concurrency, 'reserved', 2);
    expect(() => concurrency.enter('reserved')).to.throw(ThrottledError);
    first?.();
    take(concurrency, 'reserved', 1);
    expect(() => concurrency.enter('reserved')).to.throw(ThrottledError);
  });

  it('refuses everything of a function whose reservation is none', () => {
    expect(() => createConcurrency(FUNCTIONS).enter('off')).to.throw(ThrottledError);
  });

  it('lets all others share the 1,000 of the account that are not reserved', () => {
    const concurrency = createConcurrency(FUNCTIONS);
    take(concurrency, 'reserved', 2);
    const [first] = take(concurrency, 'one', 900);
    take(concurrency, 'other', 98);
    for (const functionName of ['one', 'other']) expect(() => concurrency.enter(functionName)).to.throw(ThrottledError);
    first?.();
    take(concurrency, 'other', 1);
    expect(() => concurrency.enter('one')).to.throw(ThrottledError);
  });

  it('refuses as Step Functions records it', () => {
    const error = new ThrottledError();
    expect(error.name).to.equal('Lambda.TooManyRequestsException');
    expect(error.message).to.match(
      /^Rate Exceeded\. \(Service: AWSLambda; Status Code: 429; Error Code: TooManyRequestsException; Request ID: [0-9a-f-]{36}; Proxy: null\)$/,
    );
  });
});
