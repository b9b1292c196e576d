import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { bootstrapName, loadConfig } from '../../modules/config.ts';
import type { Statement } from '../../modules/policy-document.ts';
import settingsFile from '../../modules/settings.json' with { type: 'json' };
import { synthesize } from '../../modules/stack.ts';
import { withFolders } from './folders.ts';

/** A resource's arguments, as they stand in the Terraform JSON. */
export type Resource = Readonly<Record<string, unknown>>;

/** The parts of the Terraform JSON that tests look at: resources by type and name, and the other blocks. */
export interface Synthesized {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Resource>>>>;
  readonly provider: { readonly aws: readonly [Resource] };
  readonly terraform: Resource;
  readonly output: Readonly<Record<string, Resource>>;
}

/** A stage; settings and environment, where they are not those of the repository and the process. */
type Configuration = Parameters<typeof loadConfig>;

/** The texts of a stage's Terraform JSON and of its bootstrap's, which is empty for a stage that has none. */
export function synthesizeTexts(...configuration: Configuration): {
  readonly stage: string;
  readonly bootstrap: string;
} {
  return withFolders((folders) => {
    const path = synthesize({ config: loadConfig(...configuration), ...folders });
    const bootstrap = join(dirname(path), '..', bootstrapName(configuration[0]), 'cdk.tf.json');
    return {
      stage: readFileSync(path, 'utf8'),
      bootstrap: existsSync(bootstrap) ? readFileSync(bootstrap, 'utf8') : '',
    };
  });
}

/** Those that this process has made, by their configuration. */
const made = new Map<string, ReturnType<typeof synthesizeTexts>>();

function textsOf(...configuration: Configuration): ReturnType<typeof synthesizeTexts> {
  const key = JSON.stringify([...configuration, process.env.AWS_ENDPOINT_URL]);
  const texts = made.get(key) ?? synthesizeTexts(...configuration);
  made.set(key, texts);
  return texts;
}

/** The text of a stage's Terraform JSON. */
export const synthesizeText = (...configuration: Configuration): string => textsOf(...configuration).stage;

/** A stage's Terraform JSON, parsed. */
export const synthesizeStage = (...configuration: Configuration): Synthesized =>
  JSON.parse(synthesizeText(...configuration));

/** The Terraform JSON of a stage's bootstrap, parsed. */
export const synthesizeBootstrap = (...configuration: Configuration): Synthesized =>
  JSON.parse(textsOf(...configuration).bootstrap);

/** The settings file with some of a stage's settings changed, or left out where they are undefined. */
export function withSettings(stage: 'dev' | 'prod', change: Resource): Readonly<Record<string, unknown>> {
  const changed = Object.entries({ ...settingsFile[stage], ...change }).filter(([, value]) => value !== undefined);
  return { ...settingsFile, [stage]: Object.fromEntries(changed) };
}

export const withProd = (change: Resource) => withSettings('prod', change);

/** The stages, synthesized once for all tests that only read. */
export const dev = synthesizeStage('dev');
export const prod = synthesizeStage('prod');

/** prod with all that it has not: domains of its own, a user pool instead of an issuer, and mails in Japanese. */
export const full = synthesizeStage(
  'prod',
  withProd({
    issuer: undefined,
    audience: undefined,
    signIn: undefined,
    callbackUrls: ['http://localhost:5173/'],
    language: 'ja',
    runbookUrl: 'https://example.com/docs/ja/operations.md',
    domain: {
      domainName: 'api.example.com',
      certificateArn: 'arn:aws:acm:ap-northeast-1:111122223333:certificate/11111111-2222-3333-4444-555555555555',
      zoneId: 'Z0123456789ABC',
    },
    websiteDomain: {
      domainName: 'app.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/66666666-7777-8888-9999-000000000000',
      zoneId: 'Z0123456789ABC',
    },
  }),
);

/** Without a bucket for the state, there is no bootstrap, nor what it makes. */
export const NO_BOOTSTRAP = { stateBucket: undefined, githubRepository: undefined, monthlyBudgetUsd: undefined };

/** prod without all that can be left out: page, other origins, a concurrency of its own, a bootstrap. */
export const bare = synthesizeStage(
  'prod',
  withProd({ website: false, signIn: undefined, corsOrigins: [], concurrentRuns: undefined, ...NO_BOOTSTRAP }),
);

/** All resources of a type, by name. */
export function resourcesOf(synthesized: Synthesized, type: string): Readonly<Record<string, Resource>> {
  return synthesized.resource[type] ?? {};
}

/** One resource by its address, `type.name`. */
export function at(synthesized: Synthesized, address: string): Resource {
  const [type = '', name = ''] = address.split('.');
  const found = resourcesOf(synthesized, type)[name];
  if (found === undefined) throw new Error(`no ${address}`);
  return found;
}

/** Expects resources, by their address, to have arguments, among others. */
export function expectArguments(synthesized: Synthesized, expected: Readonly<Record<string, Resource>>): void {
  for (const [address, of] of Object.entries(expected)) expect(at(synthesized, address), address).to.deep.include(of);
}

/** The statements of the policy of a resource. */
export function statementsOf({ policy, assume_role_policy: trust }: Resource): readonly Statement[] {
  return JSON.parse(String(policy ?? trust)).Statement;
}

/** What a resource is called within the account, region and stage dev. */
const short = (arn: string) =>
  arn.replace(/^arn:aws:\w+:ap-northeast-1:123456789012:/, '').replaceAll('goal-activity-dev', '~');

/** The statements of the policy of a resource: `service: Action Action by principal -> resource resource if test key value`. */
export function sentencesOf(resource: Resource): readonly string[] {
  return statementsOf(resource).map(({ Effect, Principal, Action, Resource, Condition = {} }) => {
    const [service] = String(Action[0]).split(':');
    const operations = Action.map((action) => action.replace(`${service}:`, ''));
    const conditions = Object.entries(Condition).flatMap(([test, values]) =>
      Object.entries(values).map(([key, value]) => ` if ${test} ${key} ${[value].flat().map(short).join(' ')}`),
    );
    const principal = Principal === undefined ? '' : ` by ${Object.values(Principal).join(' ')}`;
    const resources = Resource === undefined ? '' : ` -> ${Resource.map(short).join(' ')}`;
    const sentence = `${service}: ${operations.join(' ')}${principal}${resources}${conditions.join('')}`;
    return Effect === 'Allow' ? sentence : `${Effect} ${sentence}`;
  });
}

/** The start of a function's resource names: `start-workflow` is `start_workflow_function`, `start_workflow_role`, … */
export function underscored(lambda: string): string {
  return lambda.replaceAll('-', '_');
}
