import { type Document, isTrue, ofType, referencesIn, valuesAt } from './document.ts';
import { FORCED_WILDCARDS } from './exceptions.ts';
import { type Statement, statementsOf, unreadablePolicies } from './policies.ts';
import { type Finding, failing, type Rule } from './rule.ts';

export const ACCESS_RULES: readonly Rule[] = [
  { name: 'public-access', check: publicAccess },
  { name: 'wildcards', check: wildcards },
];

const BLOCKS = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];

/** Nothing is open to whoever asks. */
function publicAccess(document: Document): readonly Finding[] {
  const blocks = ofType(document, 'aws_s3_bucket_public_access_block');
  return [
    ...failing(
      ofType(document, 'aws_s3_bucket'),
      ({ address }) =>
        blocks.some(
          (block) => referencesIn(block.of.bucket).includes(address) && BLOCKS.every((name) => isTrue(block, name)),
        ),
      'the bucket lacks a public access block with all four settings',
    ),
    ...failing(
      ofType(document, 'aws_s3_bucket_acl'),
      ({ of }) => !/public|authenticated/.test(String(of.acl)),
      'the ACL is open to others',
    ),
    ...statementsOf(document)
      .filter(({ effect, principals }) => effect === 'Allow' && principals.some((principal) => principal.includes('*')))
      .map(({ on, actions }) => ({ resource: on, what: `anyone is allowed ${actions.join(', ')}` })),
    ...failing(
      ofType(document, 'aws_lambda_permission'),
      ({ of }) => !String(of.principal).includes('*'),
      'anyone may invoke the function',
    ),
    ...failing(
      ofType(document, 'aws_lambda_permission'),
      ({ of }) => valuesAt(of, 'source_arn').length > 0,
      'the service may invoke the function for any account',
    ),
    ...failing(
      ofType(document, 'aws_lambda_function_url'),
      ({ of }) => of.authorization_type === 'AWS_IAM',
      'the function has a URL that anyone may call',
    ),
    ...failing(
      ofType(document, 'aws_apigatewayv2_route'),
      ({ of }) => of.authorization_type === 'JWT' && valuesAt(of, 'authorizer_id').length > 0,
      'the route can be called without a token',
    ),
  ];
}

/** Exact actions on exact resources, but for what is on the list of exceptions. */
function wildcards(document: Document): readonly Finding[] {
  return [
    ...unreadablePolicies(document).map((resource) => ({
      resource,
      what: 'the policy is no JSON that can be checked',
    })),
    ...failing(
      ofType(document, 'aws_iam_role_policy_attachment', 'aws_iam_policy_attachment'),
      ({ of }) => referencesIn(of.policy_arn).length > 0,
      'grants come from a policy that is not in this stack',
    ),
    ...statementsOf(document)
      .filter(({ effect }) => effect === 'Allow')
      .flatMap((statement) => [
        ...statement.inverted.map((name) => ({
          resource: statement.on,
          what: `${name} allows whatever it does not name`,
        })),
        ...wildGrants(statement)
          .filter((grant) => !isForced(grant, statement))
          .map((grant) => ({ resource: statement.on, what: grant })),
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
