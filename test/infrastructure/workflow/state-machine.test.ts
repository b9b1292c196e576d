import { expect } from 'chai';
import { FUNCTION_OF_PLACEHOLDER } from '../../../statemachine/definition.ts';
import { dev, jsonOf, prod, reference, resourceOf, underscored } from '../synthesized.ts';

const machine = resourceOf(dev, 'aws_sfn_state_machine', 'workflow_state_machine');

interface Task {
  readonly resource: string;
  readonly timeoutSeconds: number;
}

/** Every Task state of a definition, those inside Maps included. */
function tasksOf(value: unknown): Task[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(tasksOf);
  if (!('Resource' in value && 'TimeoutSeconds' in value)) return below;
  return [{ resource: String(value.Resource), timeoutSeconds: Number(value.TimeoutSeconds) }, ...below];
}

const tasks = tasksOf(jsonOf(machine.definition));

describe('state machine', () => {
  it('is a published Standard workflow behind the alias live', () => {
    expect(machine).to.include({ name: 'goal-activity-dev', type: 'STANDARD', publish: true });
    const { name, routing_configuration } = resourceOf(dev, 'aws_sfn_alias', 'workflow_live');
    expect(name).to.equal('live');
    expect(routing_configuration).to.deep.equal([
      {
        state_machine_version_arn: reference('aws_sfn_state_machine.workflow_state_machine.state_machine_version_arn'),
        weight: 100,
      },
    ]);
  });

  it('calls published versions, so that a deploy never changes a running execution', () => {
    const called = new Set(
      tasks.map(({ resource }) => resource).filter((resource) => !resource.startsWith('arn:aws:states')),
    );
    const versions = Object.values(FUNCTION_OF_PLACEHOLDER).map(
      (lambda) => `\${aws_lambda_function.${underscored(lambda)}_function.qualified_arn}`,
    );
    expect([...called]).to.have.members(versions);
  });

  it('publishes to the two topics alone', () => {
    const topics = String(machine.definition).match(/"TopicArn":"[^"]*"/g);
    expect([...new Set(topics)]).to.have.members([
      `"TopicArn":"${reference('aws_sns_topic.topics_alerts.arn')}"`,
      `"TopicArn":"${reference('aws_sns_topic.topics_notices.arn')}"`,
    ]);
  });

  it('says by an attribute of every message what it is about, so that a subscription can filter', () => {
    const published = String(machine.definition).match(/"Resource":"arn:aws:states:::sns:publish"/g);
    const attributes = String(machine.definition).match(
      /"MessageAttributes":\{"kind":\{"DataType":"String","StringValue\.\$":"\$\.notification\.kind"\}\}/g,
    );
    expect(published).to.have.length(3);
    expect(attributes).to.have.length(3);
  });

  it('waits longer for a step than the step may run, so that no retry runs beside its predecessor', () => {
    for (const { resource, timeoutSeconds } of tasks) {
      const [, name] = /aws_lambda_function\.(\w+)\./.exec(resource) ?? [];
      // generate-tasks limits its AI call itself, and is given time to report that after the state's 120 s.
      if (name === undefined || name === 'generate_tasks_function') continue;
      expect(Number(resourceOf(dev, 'aws_lambda_function', name).timeout), name).to.be.below(timeoutSeconds);
    }
  });

  it('logs every transition without execution data, which is personal', () => {
    expect(machine.logging_configuration).to.deep.equal({
      level: 'ALL',
      include_execution_data: false,
      log_destination: `${reference('aws_cloudwatch_log_group.workflow_logs.arn')}:*`,
    });
    expect(resourceOf(prod, 'aws_cloudwatch_log_group', 'workflow_logs')).to.include({
      name: '/aws/vendedlogs/states/goal-activity-prod',
      retention_in_days: 90,
    });
  });

  it('is traced, and made once its role may log', () => {
    expect(machine.tracing_configuration).to.deep.equal({ enabled: true });
    expect(machine.role_arn).to.equal(reference('aws_iam_role.workflow_role.arn'));
    expect(machine.depends_on).to.deep.equal(['aws_iam_role_policy.workflow_policy']);
  });

  it('has nothing in its definition that Terraform would take for a template but references', () => {
    const templates = String(machine.definition).match(/[$%]+\{[^}]*\}/g) ?? [];
    for (const template of templates) expect(template).to.match(/^\$\{aws_(lambda_function|sns_topic)\.\w+\.\w+\}$/);
  });
});
