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
  it('is published with every deploy, behind the alias live, and logs no execution data, which is personal', () => {
    expect(at(dev, MACHINE)).to.deep.nested.include({
      publish: true,
      'logging_configuration.include_execution_data': false,
      // Step Functions refuses to make it before its role may log.
      depends_on: ['aws_iam_role_policy.workflow_policy'],
    });
    expectArguments(dev, {
      'aws_sfn_alias.workflow_live': {
        name: 'live',
        routing_configuration: [{ state_machine_version_arn: `\${${MACHINE}.state_machine_version_arn}`, weight: 100 }],
      },
    });
  });

  for (const [placeholder, lambda] of Object.entries(FUNCTION_OF_PLACEHOLDER)) {
    it(`calls a published version for ${placeholder}, and waits longer for it than it may run, so that no retry runs beside it`, () => {
      const version = `\${aws_lambda_function.${underscored(lambda)}_function.qualified_arn}`;
      const waits = tasks.filter(({ resource }) => resource === version).map(({ timeoutSeconds }) => timeoutSeconds);
      expect(waits).not.to.be.empty;
      expect(Math.min(...waits)).to.be.above(FUNCTIONS[lambda].timeoutSeconds);
    });
  }

  it('says by an attribute of every message what it is about, so that a subscription can filter', () => {
    const kind = '"MessageAttributes":{"kind":{"DataType":"String","StringValue.$":"$.notification.kind"}}';
    const published = definition.split('"Resource":"arn:aws:states:::sns:publish"');
    expect(published).to.have.length(4);
    expect(definition.split(kind)).to.have.length(published.length);
  });

  it('has nothing in its definition that Terraform would take for a template but references', () => {
    const templates = definition.match(/[$%]+\{[^}]*\}/g) ?? [];
    for (const template of templates) expect(template).to.match(/^\$\{aws_lambda_function\.\w+\.qualified_arn\}$/);
  });
});
