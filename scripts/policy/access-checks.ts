import { type Document, has, isTrue, type Resource, referencesIn, valuesAt } from './document.ts';
import { FORCED_WILDCARDS } from './exceptions.ts';
import { about, type Check, each, violation } from './rule.ts';
import { isReadable, type Statement, statementsOf } from './statements.ts';

const PERMISSION = 'aws_lambda_permission';
const BLOCKS = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];

/** What keeps everything closed to whoever has no business there. */
export const ACCESS_CHECKS: readonly Check[] = [
  each(
    'public-access',
    'aws_s3_bucket',
    'the bucket lacks a public access block with all four settings',
    (bucket, document) =>
      about(document, 'aws_s3_bucket_public_access_block', 'bucket', bucket).some((block) =>
        BLOCKS.every((name) => isTrue(block, name)),
      ),
  ),
  // Without ACLs, the bucket's policy is all there is to read.
  each('public-access', 'aws_s3_bucket', 'the bucket takes objects that others own, with ACLs', (bucket, document) =>
    about(document, 'aws_s3_bucket_ownership_controls', 'bucket', bucket).some(({ of }) =>
      valuesAt(of, 'rule', 'object_ownership').includes('BucketOwnerEnforced'),
    ),
  ),
  each('public-access', PERMISSION, 'anyone may invoke the function', ({ of }) => !String(of.principal).includes('*')),
  each('public-access', PERMISSION, 'the service may invoke the function for any account', (permission) =>
    has(permission, 'source_arn'),
  ),
  each(
    'public-access',
    'aws_lambda_function_url',
    'the function has a URL that anyone may call',
    ({ of }) => of.authorization_type === 'AWS_IAM',
  ),
  each(
    'public-access',
    'aws_apigatewayv2_route',
    'the route can be called without a token',
    (route) => route.of.authorization_type === 'JWT' && has(route, 'authorizer_id'),
  ),
  each(
    'wildcards',
    ['aws_iam_role_policy_attachment', 'aws_iam_policy_attachment'],
    'grants come from a policy that is not in this stack',
    ({ of }) => referencesIn(of.policy_arn).length > 0,
  ),
  each(
    'wildcards',
    'aws_iam_role',
    'the role has grants beside the policies of this stack',
    (role) => !has(role, 'managed_policy_arns') && !has(role, 'inline_policy'),
  ),
  each(
    'secrets',
    'aws_lambda_function',
    'the environment holds a secret, which everyone who may look at the function can read',
    ({ of }) => !/SECRET|PASSWORD|TOKEN"|ACCESS_KEY/.test(JSON.stringify(of.environment) ?? ''),
  ),
];

/** Nobody is anybody, and grants are of exact actions on exact resources, but for what is on the list of exceptions. */
export function policyViolations(document: Document): readonly string[] {
  const allowed = statementsOf(document).filter(({ effect }) => effect === 'Allow');
  const wild = (resource: Resource, what: string) => violation('wildcards', resource, what);
  return [
    ...allowed
      .filter(({ principals }) => principals.some((principal) => principal.includes('*')))
      .map(({ on, actions }) => violation('public-access', on, `anyone is allowed ${actions.join(', ')}`)),
    ...document.resources
      .filter((resource) => !isReadable(resource))
      .map((resource) => wild(resource, 'the policy is no JSON that can be checked')),
    ...allowed.flatMap((statement) => [
      ...statement.inverted.map((name) => wild(statement.on, `${name} allows whatever it does not name`)),
      ...wildGrants(statement)
        .filter((grant) => !isForced(grant, statement))
        .map((grant) => wild(statement.on, grant)),
    ]),
  ];
}

/** `<action> on <resource>` of each pair in which there is a wildcard. */
function wildGrants({ actions, resources }: Statement): readonly string[] {
  return actions
    .flatMap((action) => (resources.length === 0 ? [action] : resources.map((resource) => `${action} on ${resource}`)))
    .filter((grant) => /[*?]/.test(grant));
}

function isForced(grant: string, { on, conditions }: Statement): boolean {
  return FORCED_WILDCARDS.some(
    ({ pattern, condition }) =>
      pattern.test(`${on.type}: ${grant}`) && (condition === undefined || conditions.includes(condition)),
  );
}
