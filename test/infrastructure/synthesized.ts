import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { loadConfig } from '../../modules/config.ts';
import { FUNCTIONS } from '../../modules/function-table.ts';
import { synthesize } from '../../modules/stack.ts';

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

/**
 * Runs `use` with a new folder that holds `zips/` with a stand-in for each Lambda's zip, and `out/` to synthesize to.
 * The folder is removed afterwards.
 */
export function withFolders<T>(use: (folders: { zipFolder: string; outputFolder: string }) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'goal-activity-synth-'));
  try {
    const zipFolder = join(folder, 'zips');
    mkdirSync(zipFolder);
    for (const lambda of Object.keys(FUNCTIONS)) writeFileSync(join(zipFolder, `${lambda}.zip`), `zip of ${lambda}`);
    return use({ zipFolder, outputFolder: join(folder, 'out') });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The text of a stage's Terraform JSON; `settings` replaces the content of the settings file. */
export function synthesizeText(stage: string, settings?: unknown): string {
  return withFolders((folders) =>
    readFileSync(synthesize({ config: loadConfig(stage, settings), ...folders }), 'utf8'),
  );
}

/** A stage's Terraform JSON, parsed. */
export function synthesizeStage(stage: string, settings?: unknown): Synthesized {
  const parsed: unknown = JSON.parse(synthesizeText(stage, settings));
  if (!isSynthesized(parsed)) throw new Error(ajv.errorsText(isSynthesized.errors));
  return parsed;
}

/** The stages, synthesized once for all tests that only read. */
export const dev = synthesizeStage('dev');
export const prod = synthesizeStage('prod');

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
