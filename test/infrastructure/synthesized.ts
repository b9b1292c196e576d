import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { bootstrapName, loadConfig } from '../../modules/config.ts';
import settingsFile from '../../modules/settings.json' with { type: 'json' };
import { synthesize } from '../../modules/stack.ts';
import { withFolders } from './folders.ts';

/** A resource's arguments, as they stand in the Terraform JSON. */
export type Resource = Readonly<Record<string, unknown>>;

/** The parts of the Terraform JSON that tests look at: resources by type and name, and the other blocks. */
export interface Synthesized {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Resource>>>>;
  readonly provider: unknown;
  readonly terraform: Resource;
  readonly output: Readonly<Record<string, Resource>>;
}

/** One statement of a policy in the JSON. */
export interface PolicyStatement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Principal?: Resource;
  readonly Condition?: Resource;
}

const objects = { type: 'object', additionalProperties: { type: 'object' } };
const strings = { type: 'array', items: { type: 'string' } };
const ajv = new Ajv();
const isSynthesized = ajv.compile<Synthesized>({
  type: 'object',
  required: ['resource', 'provider', 'terraform', 'output'],
  properties: {
    resource: { type: 'object', additionalProperties: objects },
    terraform: { type: 'object' },
    output: objects,
  },
});
const isPolicy = ajv.compile<{ Statement: PolicyStatement[] }>({
  type: 'object',
  required: ['Statement'],
  properties: {
    Statement: {
      type: 'array',
      items: {
        type: 'object',
        required: ['Effect', 'Action'],
        properties: { Effect: { type: 'string' }, Action: strings, Resource: strings },
      },
    },
  },
});

/** The text of a stage's Terraform JSON; `settings` replaces the content of the settings file. */
export function synthesizeText(stage: string, settings?: unknown): string {
  return withFolders((folders) =>
    readFileSync(synthesize({ config: loadConfig(stage, settings), ...folders }), 'utf8'),
  );
}

/** A stage's Terraform JSON, parsed. */
export function synthesizeStage(stage: string, settings?: unknown): Synthesized {
  return parse(synthesizeText(stage, settings));
}

/** The Terraform JSON of the stack that holds a stage's state, parsed. */
export function synthesizeBootstrap(stage: string): Synthesized {
  const text = withFolders((folders) => {
    const path = synthesize({ config: loadConfig(stage), ...folders });
    return readFileSync(join(dirname(path), '..', bootstrapName(stage), 'cdk.tf.json'), 'utf8');
  });
  return parse(text);
}

function parse(text: string): Synthesized {
  const parsed: unknown = JSON.parse(text);
  if (!isSynthesized(parsed)) throw new Error(ajv.errorsText(isSynthesized.errors));
  return parsed;
}

/** The settings file with some of prod's settings changed, or left out where they are undefined. */
export function withProd(change: Readonly<Record<string, unknown>>): unknown {
  const prod = Object.entries({ ...settingsFile.prod, ...change }).filter(([, value]) => value !== undefined);
  return { ...settingsFile, prod: Object.fromEntries(prod) };
}

/** The stages, synthesized once for all tests that only read. */
export const dev = synthesizeStage('dev');
export const prod = synthesizeStage('prod');
export const emulator = synthesizeStage('emulator');

/** prod with all that it has not: domains of its own, and a user pool instead of an issuer. */
export const full = synthesizeStage(
  'prod',
  withProd({
    issuer: undefined,
    audience: undefined,
    signIn: undefined,
    callbackUrls: ['http://localhost:5173/'],
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

/** One resource by its type and name. */
export function resourceOf(synthesized: Synthesized, type: string, name: string): Resource {
  const found = synthesized.resource[type]?.[name];
  if (found === undefined) throw new Error(`no ${type}.${name}`);
  return found;
}

/** All resources of a type, by name. */
export function resourcesOf(synthesized: Synthesized, type: string): Readonly<Record<string, Resource>> {
  return synthesized.resource[type] ?? {};
}

/** Parses an argument that holds JSON. */
export function jsonOf(value: unknown): unknown {
  return JSON.parse(String(value));
}

/** The statements of a policy argument. */
export function statementsOf(policy: unknown): readonly PolicyStatement[] {
  const parsed = jsonOf(policy);
  if (!isPolicy(parsed)) throw new Error(ajv.errorsText(isPolicy.errors));
  return parsed.Statement;
}

/** The start of a function's resource names: `start-workflow` is `start_workflow_function`, `start_workflow_role`, … */
export function underscored(lambda: string): string {
  return lambda.replaceAll('-', '_');
}

/** How Terraform writes a reference to a resource's attribute. */
export function reference(address: string): string {
  return `\${${address}}`;
}

/** A field of a nested block. */
export function fieldOf(block: unknown, field: string): unknown {
  if (typeof block !== 'object' || block === null || !(field in block))
    throw new Error(`no ${field} in ${JSON.stringify(block)}`);
  return Reflect.get(block, field);
}
