import type { Grant } from './grant.ts';

const ROLES = ['arn:aws:iam::ACCOUNT:role/PREFIX-*'];
const pass = (sid: string, service: string): Grant => ({
  sid,
  types: ['aws_iam_role'],
  service: 'iam',
  on: ROLES,
  change: 'PassRole',
  condition: { 'iam:PassedToService': service },
});

/**
 * What Terraform asks of AWS for the roles of what runs. A role gets no rights beyond its permissions boundary, and nobody who has these
 * grants can take the boundary away or change it: so a deploy cannot make a role that may more than the stage.
 */
export const ROLE_GRANTS: readonly Grant[] = [
  {
    sid: 'Roles',
    types: ['aws_iam_role', 'aws_iam_role_policy'],
    service: 'iam',
    on: ROLES,
    read: 'GetRole GetRolePolicy ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole',
    change: 'UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy DeleteRole DeleteRolePolicy TagRole UntagRole',
  },
  {
    sid: 'BoundRoles',
    types: ['aws_iam_role', 'aws_iam_role_policy'],
    service: 'iam',
    on: ROLES,
    change: 'CreateRole PutRolePermissionsBoundary PutRolePolicy',
    condition: { 'iam:PermissionsBoundary': 'BOUNDARY' },
  },
  pass('PassToLambda', 'lambda.amazonaws.com'),
  pass('PassToStepFunctions', 'states.amazonaws.com'),
  {
    // API Gateway makes its own role with the account's first API (API Gateway guide, "Using service-linked roles").
    sid: 'ApiGatewaysRole',
    types: ['aws_apigatewayv2_api', 'aws_apigatewayv2_domain_name'],
    service: 'iam',
    on: ['arn:aws:iam::ACCOUNT:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway'],
    change: 'CreateServiceLinkedRole',
    condition: { 'iam:AWSServiceName': 'ops.apigateway.amazonaws.com' },
  },
];
