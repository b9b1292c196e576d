import { expect } from 'chai';
import { dev, jsonOf, reference, resourceOf, resourcesOf, statementsOf } from '../synthesized.ts';

const target = resourceOf(dev, 'aws_cloudwatch_event_target', 'status_events_target');
const QUEUE = reference('aws_sqs_queue.dead_letters_queue.arn');
const RULE = reference('aws_cloudwatch_event_rule.status_events_rule.arn');

describe('status events', () => {
  it('are those of this state machine that end an execution without its last state: timed out, stopped, failed', () => {
    expect(jsonOf(resourceOf(dev, 'aws_cloudwatch_event_rule', 'status_events_rule').event_pattern)).to.deep.equal({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: [reference('aws_sfn_state_machine.workflow_state_machine.arn')],
        status: ['TIMED_OUT', 'ABORTED', 'FAILED'],
      },
    });
  });

  it('go to the live handle-error, which lets this rule alone call it', () => {
    expect(target.arn).to.equal(reference('aws_lambda_alias.handle_error_live.arn'));
    expect(target.rule).to.equal(reference('aws_cloudwatch_event_rule.status_events_rule.name'));
    expect(resourceOf(dev, 'aws_lambda_permission', 'status_events_permission')).to.include({
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      function_name: reference('aws_lambda_function.handle_error_function.function_name'),
      qualifier: reference('aws_lambda_alias.handle_error_live.name'),
      source_arn: RULE,
    });
  });

  it('are delivered again for an hour, then kept in the dead-letter queue', () => {
    expect(target.retry_policy).to.deep.equal({ maximum_event_age_in_seconds: 3600, maximum_retry_attempts: 10 });
    expect(target.dead_letter_config).to.deep.equal({ arn: QUEUE });
  });

  it('that the function fails on are tried twice more, then kept in the same queue', () => {
    const retries = resourceOf(dev, 'aws_lambda_function_event_invoke_config', 'status_events_retries');
    expect(retries).to.include({
      function_name: reference('aws_lambda_function.handle_error_function.function_name'),
      qualifier: reference('aws_lambda_alias.handle_error_live.name'),
      maximum_retry_attempts: 2,
    });
    expect(retries.destination_config).to.deep.equal({ on_failure: { destination: QUEUE } });
  });

  it('that failed are kept for 14 days, encrypted, in a queue that only this rule and the function may write to', () => {
    const { url: _, ...queue } = resourceOf(dev, 'aws_sqs_queue', 'dead_letters_queue');
    expect(queue).to.include({ message_retention_seconds: 1_209_600, sqs_managed_sse_enabled: true });
    const { policy } = resourceOf(dev, 'aws_sqs_queue_policy', 'status_events_dead_letter_policy');
    const uses = statementsOf(policy).map(({ Principal, Action, Resource, Condition }) => [
      Principal,
      Action,
      Resource,
      Condition,
    ]);
    const condition = { ArnEquals: { 'aws:SourceArn': RULE } };
    expect(uses).to.deep.equal([[{ Service: 'events.amazonaws.com' }, ['sqs:SendMessage'], [QUEUE], condition]]);
  });

  it('start to flow once queue and function accept them', () => {
    expect(target.depends_on).to.have.members([
      'aws_sqs_queue_policy.status_events_dead_letter_policy',
      'aws_lambda_permission.status_events_permission',
    ]);
  });
});

for (const { what, id, minutes, lambda, queue } of [
  { what: 'sweep', id: 'sweep', minutes: 5, lambda: 'reconcile_executions', queue: 'sweep_dead_letters_queue' },
  {
    what: 'archive',
    id: 'archive_schedule',
    minutes: 60,
    lambda: 'archive_executions',
    queue: 'archive_dead_letters_queue',
  },
]) {
  describe(`schedule of the ${what}`, () => {
    const rule = reference(`aws_cloudwatch_event_rule.${id}_rule.arn`);
    const deadLetters = reference(`aws_sqs_queue.${queue}.arn`);

    it(`begins every ${minutes} minutes`, () => {
      const { schedule_expression, event_pattern } = resourceOf(dev, 'aws_cloudwatch_event_rule', `${id}_rule`);
      expect([schedule_expression, event_pattern]).to.deep.equal([`rate(${minutes} minutes)`, undefined]);
    });

    it(`calls the live ${lambda}, which lets this rule alone call it`, () => {
      const target = resourceOf(dev, 'aws_cloudwatch_event_target', `${id}_target`);
      expect(target.arn).to.equal(reference(`aws_lambda_alias.${lambda}_live.arn`));
      expect(target.rule).to.equal(reference(`aws_cloudwatch_event_rule.${id}_rule.name`));
      expect(resourceOf(dev, 'aws_lambda_permission', `${id}_permission`)).to.include({
        action: 'lambda:InvokeFunction',
        principal: 'events.amazonaws.com',
        function_name: reference(`aws_lambda_function.${lambda}_function.function_name`),
        qualifier: reference(`aws_lambda_alias.${lambda}_live.name`),
        source_arn: rule,
      });
    });

    it('ends before the next run begins', () => {
      expect(resourceOf(dev, 'aws_lambda_function', `${lambda}_function`).timeout).to.be.below(minutes * 60);
    });

    it('tries a run that fails again until the next one, then keeps it in a queue of its own', () => {
      const { retry_policy, dead_letter_config } = resourceOf(dev, 'aws_cloudwatch_event_target', `${id}_target`);
      expect(retry_policy).to.deep.equal({
        maximum_event_age_in_seconds: minutes * 60,
        maximum_retry_attempts: 2,
      });
      expect(dead_letter_config).to.deep.equal({ arn: deadLetters });
      const retries = resourceOf(dev, 'aws_lambda_function_event_invoke_config', `${id}_retries`);
      expect(retries.destination_config).to.deep.equal({ on_failure: { destination: deadLetters } });
      const { policy } = resourceOf(dev, 'aws_sqs_queue_policy', `${id}_dead_letter_policy`);
      expect(statementsOf(policy).map(({ Resource, Condition }) => [Resource, Condition])).to.deep.equal([
        [[deadLetters], { ArnEquals: { 'aws:SourceArn': rule } }],
      ]);
    });
  });
}

describe('functions that are invoked asynchronously', () => {
  it('have each a queue of its own for what fails for good, encrypted and kept for 14 days', () => {
    const targets = Object.values(resourcesOf(dev, 'aws_cloudwatch_event_target')).map(({ arn }) => String(arn));
    const configured = Object.values(resourcesOf(dev, 'aws_lambda_function_event_invoke_config'));
    const functions = targets.map((arn) => arn.replace('aws_lambda_alias.', '').replace('_live.arn', ''));
    expect(configured.map(({ function_name }) => function_name)).to.have.members(
      functions.map((name) => name.replace('${', '${aws_lambda_function.').replace('}', '_function.function_name}')),
    );
    const queues = configured.map(({ destination_config }) => JSON.stringify(destination_config));
    expect(new Set(queues)).to.have.property('size', queues.length);
    for (const queue of Object.values(resourcesOf(dev, 'aws_sqs_queue'))) {
      expect(queue).to.include({ message_retention_seconds: 1_209_600, sqs_managed_sse_enabled: true });
    }
  });
});
