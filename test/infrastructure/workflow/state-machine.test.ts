import { expect } from 'chai';
import { FUNCTIONS } from '../../../modules/workflow/function-table.ts';
import { FUNCTION_OF_PLACEHOLDER } from '../../../statemachine/definition.ts';
import { at, dev, expectArguments, underscored } from '../synthesized.ts';

const MACHINE = 'aws_sfn_state_machine.workflow_state_machine';
const definition = String(at(dev, MACHINE).definition);

/** Every Task state of a definition, those inside Maps included. */
function tasksOf(value: unknown): { resource: string; timeoutSeconds: number }[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(tasksOf);
  if (!('Resource' in value && 'TimeoutSeconds' in value)) return below;
  return [{ resource: String(value.Resource), timeoutSeconds: Number(value.TimeoutSeconds) }, ...below];
}

const tasks = tasksOf(JSON.parse(definition));

describe('state machine', () => {
  it('is a published workflow behind the alias live, made once its role may log, and logs no execution data, which is personal', () => {
    expectArguments(dev, {
      [MACHINE]: {
        name: 'goal-activity-dev',
        type: 'STANDARD',
        publish: true,
        role_arn: '${aws_iam_role.workflow_role.arn}',
        logging_configuration: {
          level: 'ALL',
          include_execution_data: false,
          log_destination: '${aws_cloudwatch_log_group.workflow_logs.arn}:*',
        },
        depends_on: ['aws_iam_role_policy.workflow_policy'],
      },
      'aws_sfn_alias.workflow_live': {
        name: 'live',
        routing_configuration: [{ state_machine_version_arn: `\${${MACHINE}.state_machine_version_arn}`, weight: 100 }],
      },
    });
  });

  it('calls published versions, so that a deploy never changes a running execution', () => {
    const called = tasks.map(({ resource }) => resource).filter((resource) => !resource.startsWith('arn:aws:states'));
    expect([...new Set(called)]).to.have.members(
      Object.values(FUNCTION_OF_PLACEHOLDER).map(
        (lambda) => `\${aws_lambda_function.${underscored(lambda)}_function.qualified_arn}`,
      ),
    );
  });

  it('says by an attribute of every message what it is about, so that a subscription can filter', () => {
    const kind = '"MessageAttributes":{"kind":{"DataType":"String","StringValue.$":"$.notification.kind"}}';
    const published = definition.split('"Resource":"arn:aws:states:::sns:publish"');
    expect(published).to.have.length(4);
    expect(definition.split(kind)).to.have.length(published.length);
  });

  it('waits longer for a step than the step may run, so that no retry runs beside its predecessor', () => {
    for (const lambda of Object.values(FUNCTION_OF_PLACEHOLDER)) {
      const called = tasks.filter(({ resource }) => resource.includes(`.${underscored(lambda)}_function.`));
      for (const { timeoutSeconds } of called)
        expect(FUNCTIONS[lambda].timeoutSeconds, lambda).to.be.below(timeoutSeconds);
    }
  });

  it('has nothing in its definition that Terraform would take for a template but references', () => {
    const templates = definition.match(/[$%]+\{[^}]*\}/g) ?? [];
    for (const template of templates) expect(template).to.match(/^\$\{aws_lambda_function\.\w+\.\w+\}$/);
  });
});
