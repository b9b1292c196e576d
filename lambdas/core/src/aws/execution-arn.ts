/** `arn:…:stateMachine:<name>:<alias>` → `arn:…:execution:<name>:<execution>`: execution ARNs carry no alias. */
export function executionArnFor(stateMachineArn: string, name: string): string {
  const [arn, partition, service, region, account, , machine] = stateMachineArn.split(':');
  return [arn, partition, service, region, account, 'execution', machine, name].join(':');
}

/** Names that executions of ours have: `<goalId>-<attempt>`, within the limit of Step Functions. */
const NAME = /^[\w-]{1,80}$/;

/** Whether this could be the ARN of an execution of this very state machine: of its partition, region, account and name. */
export function isExecutionArnOf(stateMachineArn: string, executionArn: string): boolean {
  const prefix = executionArnFor(stateMachineArn, '');
  return executionArn.startsWith(prefix) && NAME.test(executionArn.slice(prefix.length));
}
