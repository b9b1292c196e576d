import { expect } from 'chai';
import { failureOf } from '../test/support/failure.ts';
import { NoAnswer, type Outages } from './outages.ts';
import { OUTAGE_ERRORS, SnsError } from './sns/publish.ts';
import { publishResult } from './sns-task.ts';

const WORKS: Outages = { meet: async (call) => call() };
const parameters = { TopicArn: 'arn:topic', Message: 'hello', Subject: 'Hi' };

describe('publishResult', () => {
  it('publishes what the state has, and answers with the id of the message', async () => {
    const published: unknown[] = [];
    const publish = (input: object) => {
      published.push(input);
      return { messageId: 'id' };
    };
    expect(await publishResult({ publish }, WORKS, parameters)).to.deep.equal({ MessageId: 'id' });
    await publishResult({ publish }, WORKS, { ...parameters, Subject: undefined });
    expect(published).to.deep.equal([
      { topicArn: 'arn:topic', message: 'hello', subject: 'Hi' },
      { topicArn: 'arn:topic', message: 'hello' },
    ]);
  });

  it('fails as Step Functions names what SNS refused', async () => {
    const publish = () => {
      throw new SnsError(404, 'NotFound', 'NotFoundException', 'Topic does not exist');
    };
    expect(await failureOf(publishResult({ publish }, WORKS, parameters))).to.include({
      name: 'SNS.NotFoundException',
      message: 'Topic does not exist',
    });
  });

  for (const [error, name] of [
    [OUTAGE_ERRORS.throttled(), 'SNS.ThrottledException'],
    [OUTAGE_ERRORS.failed(), 'SNS.InternalErrorException'],
    [new NoAnswer('Read timed out'), 'SNS.SdkClientException'],
  ] as const) {
    it(`meets SNS’s outages: ${name}`, async () => {
      const outages: Outages = { meet: () => Promise.reject(error) };
      const failure = await failureOf(publishResult({ publish: () => ({ messageId: 'id' }) }, outages, parameters));
      expect(failure.name).to.equal(name);
    });
  }
});
