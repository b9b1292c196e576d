import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { description } from './engine/engine.ts';
import { conformanceProgram } from './python.ts';

const { stateMachine, account } = description;

/** What cfn-lint says of a state machine with this definition. */
function lint(definition: unknown): string {
  const Properties = { RoleArn: `arn:aws:iam::${account}:role/${stateMachine.name}`, Definition: definition };
  const Resources = { StateMachine: { Type: 'AWS::StepFunctions::StateMachine', Properties } };
  const input = JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources });
  const args = ['--format', 'parseable'];
  const { error, stdout, stderr } = spawnSync(conformanceProgram('cfn-lint'), args, { input, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return `${stdout}${stderr}`.trim();
}

describe('cfn-lint', function () {
  this.timeout(60_000);

  it('has nothing to say against the definition that is deployed', () =>
    expect(lint(stateMachine.definition)).to.equal(''));

  it('says what is wrong with one that leads nowhere', () => {
    const broken = JSON.stringify(stateMachine.definition).replace(/"Next":"CreateBatches"/, '"Comment":""');
    expect(lint(JSON.parse(broken))).to.match(/E3601.*\['Next', 'End'\] is a required property/);
  });
});
