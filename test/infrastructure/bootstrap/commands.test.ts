import { globSync } from 'node:fs';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as cognito from '@aws-sdk/client-cognito-identity-provider';
import * as lambda from '@aws-sdk/client-lambda';
import * as sfn from '@aws-sdk/client-sfn';
import * as sns from '@aws-sdk/client-sns';
import { expect } from 'chai';
import { ROOT, read } from '../../documents.ts';
import { dev, synthesizeBootstrap } from '../synthesized.ts';
import { arnsIn, grantedTo, isAllowed } from './policies.ts';

/** What IAM calls the services of the SDK's clients. `make check-model` is no part of the workflow, so Bedrock is not among them. */
const CLIENTS = { cloudwatch, 'cognito-idp': cognito, lambda, states: sfn, sns };

/** The actions that the code of some commands calls, by the commands and paginators of the SDK in it. */
function actionsIn(pattern: string): readonly string[] {
  const texts = globSync(pattern, { cwd: ROOT }).map(read);
  const used = texts.flatMap((text) => [...text.matchAll(/\b(?:(\w+)Command|paginate(\w+))\(/g)]);
  return [...new Set(used.map(([, command, paginated]) => command ?? paginated ?? ''))].flatMap((operation) =>
    Object.entries(CLIENTS).flatMap(([service, client]) =>
      `${operation}Command` in client ? `${service}:${operation}` : [],
    ),
  );
}

describe('commands of the deploy workflow', () => {
  const granted = grantedTo(synthesizeBootstrap('dev'), 'deploy');
  const arns = [...arnsIn(dev, 'ap-northeast-1', '123456789012').values()];
  const others = [
    'arn:aws:cognito-idp:ap-northeast-1:123456789012:userpool/ap-northeast-1_1',
    'arn:aws:states:ap-northeast-1:123456789012:execution:goal-activity-dev:1',
    '*',
  ];

  for (const [command, pattern] of Object.entries({
    smoke: 'scripts/smoke/*.ts',
    'aliases and prune': 'scripts/stage/*.ts',
  })) {
    it(`may do in AWS what ${command} asks`, () => {
      const actions = actionsIn(pattern);
      expect(actions).to.have.length.greaterThan(5);
      for (const action of actions) {
        expect(
          [...arns, ...others].some((arn) => isAllowed(granted, action, arn)),
          action,
        ).to.equal(true);
      }
    });
  }
});
