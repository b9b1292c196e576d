import { expect } from 'chai';
import { FUNCTIONS } from '../../../modules/workflow/function-table.ts';
import { at, dev, expectArguments, resourcesOf, sentencesOf, underscored } from '../synthesized.ts';

const FIVE_MINUTES = 300;
const HOUR = 3_600;
const EVENTS = [
  { id: 'status_events', lambda: 'handle-error', queue: 'dead_letters', maximumAge: HOUR, deliveries: 10 },
  { id: 'sweep', lambda: 'reconcile-executions', queue: 'sweep_dead_letters', maximumAge: FIVE_MINUTES, deliveries: 2 },
  {
    id: 'archive_schedule',
    lambda: 'archive-executions',
    queue: 'archive_dead_letters',
    maximumAge: HOUR,
    deliveries: 2,
  },
] as const;

describe('rules of events', () => {
  it('are those of executions that end without their last state, a sweep every 5 minutes, and an hourly archiver', () => {
    const rules = resourcesOf(dev, 'aws_cloudwatch_event_rule');
    expect(Object.keys(rules)).to.have.members(EVENTS.map(({ id }) => `${id}_rule`));
    expect(JSON.parse(String(rules.status_events_rule?.event_pattern))).to.deep.equal({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: ['arn:aws:states:ap-northeast-1:123456789012:stateMachine:goal-activity-dev'],
        status: ['TIMED_OUT', 'ABORTED', 'FAILED'],
      },
    });
    expect(rules.sweep_rule?.schedule_expression).to.equal('rate(5 minutes)');
    expect(rules.archive_schedule_rule?.schedule_expression).to.equal('rate(60 minutes)');
  });

  for (const { id, lambda, queue, maximumAge, deliveries } of EVENTS) {
    it(`call the live ${lambda}, and keep what fails for ${maximumAge} s in a queue, both open to this rule alone: ${id}`, () => {
      const owner = underscored(lambda);
      const rule = `\${aws_cloudwatch_event_rule.${id}_rule.arn}`;
      const deadLetters = `\${aws_sqs_queue.${queue}_queue.arn}`;
      const live = {
        function_name: `\${aws_lambda_function.${owner}_function.function_name}`,
        qualifier: `\${aws_lambda_alias.${owner}_live.name}`,
      };
      expectArguments(dev, {
        [`aws_cloudwatch_event_target.${id}_target`]: {
          arn: `\${aws_lambda_alias.${owner}_live.arn}`,
          rule: `\${aws_cloudwatch_event_rule.${id}_rule.name}`,
          retry_policy: { maximum_event_age_in_seconds: maximumAge, maximum_retry_attempts: deliveries },
          dead_letter_config: { arn: deadLetters },
          // Events flow once queue and function accept them.
          depends_on: [`aws_sqs_queue_policy.${id}_dead_letter_policy`, `aws_lambda_permission.${id}_permission`],
        },
        [`aws_lambda_permission.${id}_permission`]: {
          ...live,
          action: 'lambda:InvokeFunction',
          principal: 'events.amazonaws.com',
          source_arn: rule,
        },
        [`aws_lambda_function_event_invoke_config.${id}_retries`]: {
          ...live,
          maximum_event_age_in_seconds: maximumAge,
          maximum_retry_attempts: 2,
          destination_config: { on_failure: { destination: deadLetters } },
        },
      });
      expect(sentencesOf(at(dev, `aws_sqs_queue_policy.${id}_dead_letter_policy`))).to.deep.equal([
        `sqs: SendMessage by events.amazonaws.com -> ${deadLetters} if ArnEquals aws:SourceArn ${rule}`,
      ]);
    });
  }

  it('call a scheduled function again only once its last run has ended', () => {
    expect(FUNCTIONS['reconcile-executions'].timeoutSeconds).to.be.below(FIVE_MINUTES);
    expect(FUNCTIONS['archive-executions'].timeoutSeconds).to.be.below(HOUR);
  });
});
