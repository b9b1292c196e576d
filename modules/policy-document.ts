/** One statement of an IAM policy. */
export interface Statement {
  /** What the statement is for; letters and digits. */
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  /** Who may, in a trust, key, queue or bucket policy; left out in a role's policy. */
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A policy document as JSON. ARNs in it may be Terraform references. */
export function policyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** A statement of a role's policy: these actions on these resources, under a condition if there is one. */
export function allow(
  Sid: string,
  Action: readonly string[],
  Resource: readonly string[],
  Condition?: NonNullable<Statement['Condition']>,
): Statement {
  return { Sid, Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) };
}

/** A statement of a resource's policy: an AWS service may do this, on behalf of what the condition names alone, if there is one. */
export function allowService(
  service: string,
  Sid: string,
  Action: readonly string[],
  Resource: readonly string[],
  Condition?: NonNullable<Statement['Condition']>,
): Statement {
  return { ...allow(Sid, Action, Resource, Condition), Principal: { Service: service } };
}

/**
 * A statement of a resource's policy: nobody, whatever else allows it, does this over plain HTTP, which S3, SNS and SQS
 * answer as well.
 */
export function tlsOnly(Action: readonly string[], Resource: readonly string[]): Statement {
  return {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action,
    Resource,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/**
 * A trust policy: this AWS service takes the role.
 * @param condition keeps other accounts' resources from using the service as a deputy, where the service says who asks
 */
export function trustPolicy(service: string, condition?: NonNullable<Statement['Condition']>): string {
  const statement: Statement = {
    Sid: 'Trust',
    Effect: 'Allow',
    Principal: { Service: service },
    Action: ['sts:AssumeRole'],
    ...(condition === undefined ? {} : { Condition: condition }),
  };
  return policyDocument([statement]);
}
