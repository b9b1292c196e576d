import { expect } from 'chai';
import { FUNCTIONS } from '../../../modules/workflow/function-table.ts';
import { at, dev, expectArguments, sentencesOf, underscored } from '../synthesized.ts';

// That the right function is called, and how often, is what the tests of the stack and
// test/local/terraform/stack-description.test.ts show.
describe('rules of events', () => {
  for (const [id, lambda, queue, maximumAge] of [
    ['status_events', 'handle-error', 'dead_letters', 3_600],
    ['sweep', 'reconcile-executions', 'sweep_dead_letters', 300],
    ['archive_schedule', 'archive-executions', 'archive_dead_letters', 3_600],
  ] as const) {
    it(`may alone call the live ${lambda} with events, for ${maximumAge} s, and fill the queue that keeps what fails: ${id}`, () => {
      const owner = underscored(lambda);
      const rule = `\${aws_cloudwatch_event_rule.${id}_rule.arn}`;
      const deadLetters = `\${aws_sqs_queue.${queue}_queue.arn}`;
      const live = {
        function_name: `\${aws_lambda_function.${owner}_function.function_name}`,
        qualifier: `\${aws_lambda_alias.${owner}_live.name}`,
      };
      const { retry_policy } = at(dev, `aws_cloudwatch_event_target.${id}_target`);
      expect(retry_policy).to.include({ maximum_event_age_in_seconds: maximumAge });
      expectArguments(dev, {
        [`aws_cloudwatch_event_target.${id}_target`]: {
          arn: `\${aws_lambda_alias.${owner}_live.arn}`,
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
          destination_config: { on_failure: { destination: deadLetters } },
        },
      });
      expect(sentencesOf(at(dev, `aws_sqs_queue_policy.${id}_dead_letter_policy`))).to.deep.equal([
        `Deny sqs: * by * -> ${deadLetters} if Bool aws:SecureTransport false`,
        `sqs: SendMessage by events.amazonaws.com -> ${deadLetters} if ArnEquals aws:SourceArn ${rule}`,
      ]);
    });
  }

  it('are told at once of every execution that ended without its last state', () => {
    const { event_pattern } = at(dev, 'aws_cloudwatch_event_rule.status_events_rule');
    expect(JSON.parse(String(event_pattern)).detail.status).to.have.members(['TIMED_OUT', 'ABORTED', 'FAILED']);
  });

  it('call a scheduled function again only once its last run has ended', () => {
    expect(FUNCTIONS['reconcile-executions'].timeoutSeconds).to.be.below(5 * 60);
    expect(FUNCTIONS['archive-executions'].timeoutSeconds).to.be.below(60 * 60);
  });
});
