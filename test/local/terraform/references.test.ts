import { expect } from 'chai';
import { References, TerraformError } from '../../../local/terraform/references.ts';

const resources = {
  aws_sns_topic: { alerts: { name: 'stage-alerts' }, nameless: {} },
  aws_lambda_function: {
    work: { function_name: 'stage-work', timeout: 20, description: 'to ${aws_sns_topic.alerts.arn}' },
  },
  aws_lambda_alias: { live: { function_name: '${aws_lambda_function.work.function_name}', name: 'live' } },
  aws_sqs_queue: { loop: { name: '${aws_sqs_queue.loop.arn}' } },
};
const resolve = (value: unknown) =>
  new References(resources, { region: 'eu-west-1', account: '123456789012' }).resolve(value, 'aws_x.y');

const TOPIC_ARN = 'arn:aws:sns:eu-west-1:123456789012:stage-alerts';
const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:stage-work';

describe('References', () => {
  it('computes ARNs from region, account and name, through other references', () => {
    expect(resolve('${aws_sns_topic.alerts.arn}')).to.equal(TOPIC_ARN);
    expect(resolve('${aws_lambda_function.work.qualified_arn}')).to.equal(`${FUNCTION_ARN}:1`);
    expect(resolve('${aws_lambda_alias.live.invoke_arn}')).to.equal(
      `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}:live/invocations`,
    );
  });

  it('takes an argument that the resource states, resolving references in it', () => {
    expect(resolve('${aws_lambda_function.work.description}')).to.equal(`to ${TOPIC_ARN}`);
  });

  it('keeps the type of a value that is one reference, and writes it as text within a longer one', () => {
    expect(resolve('${aws_lambda_function.work.timeout}')).to.equal(20);
    expect(resolve('after ${aws_lambda_function.work.timeout} s')).to.equal('after 20 s');
  });

  it('resolves several references in one text, in lists and in nested objects', () => {
    const text = '{"Resource":"${aws_lambda_function.work.arn}","Topic":"${aws_sns_topic.alerts.arn}"}';
    expect(resolve({ a: [{ b: text }, 1, null] })).to.deep.equal({
      a: [{ b: `{"Resource":"${FUNCTION_ARN}","Topic":"${TOPIC_ARN}"}` }, 1, null],
    });
  });

  it('leaves what is no expression, and unescapes $${', () => {
    expect(resolve('$.goalId $$.Execution.Id {x}')).to.equal('$.goalId $$.Execution.Id {x}');
    expect(resolve('$${aws_sns_topic.alerts.arn}')).to.equal('${aws_sns_topic.alerts.arn}');
  });

  const failures = {
    'a resource that is not there': ['${aws_sns_topic.gone.arn}', 'there is no aws_sns_topic.gone'],
    'a type that is not there': ['x ${aws_s3_bucket.gone.arn}', 'there is no aws_s3_bucket.gone'],
    'an attribute that is not known': ['${aws_sns_topic.alerts.colour}', 'does not know colour of aws_sns_topic'],
    'a resource without the name that its ARN needs': [
      '${aws_sns_topic.nameless.arn}',
      'aws_sns_topic.nameless lacks name',
    ],
    'a resource that refers to itself': ['${aws_sqs_queue.loop.name}', 'refers to itself'],
    'a function call': ['${jsonencode({"a" = 1})}', 'only references'],
    'an expression that is not closed': ['${aws_sns_topic.alerts', 'only references'],
  };
  for (const [title, [text = '', why = '']] of Object.entries(failures)) {
    it(`names the place, the reference and the reason for ${title}`, () => {
      expect(() => resolve(text)).to.throw(TerraformError, why);
      expect(() => resolve(text)).to.throw('cannot be resolved');
    });
  }

  it('names the place where the reference stands', () => {
    expect(() => resolve({ a: '${aws_sns_topic.gone.arn}' })).to.throw(
      'aws_x.y: ${aws_sns_topic.gone.arn} cannot be resolved: there is no aws_sns_topic.gone',
    );
  });
});
