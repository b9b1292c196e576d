import { Ajv } from 'ajv';
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { ToolError } from './tool.ts';

/** What is read of `terraform show -json` of a plan (Terraform's "JSON Output Format", `resource_changes`). */
const planSchema = {
  type: 'object',
  required: ['format_version'],
  properties: {
    format_version: { type: 'string' },
    resource_changes: {
      type: 'array',
      items: {
        type: 'object',
        required: ['address', 'type', 'change'],
        properties: {
          address: { type: 'string' },
          type: { type: 'string' },
          change: {
            type: 'object',
            required: ['actions'],
            properties: {
              actions: { type: 'array', items: { type: 'string' } },
              before: { type: ['object', 'null'] },
              after: { type: ['object', 'null'] },
              after_unknown: { type: ['object', 'boolean'] },
            },
          },
        },
      },
    },
  },
} as const satisfies JSONSchema;

/** What a plan does to one resource. */
export type ResourceChange = NonNullable<FromSchema<typeof planSchema>['resource_changes']>[number];

const ajv = new Ajv({ allowUnionTypes: true });
const isPlan = ajv.compile<FromSchema<typeof planSchema>>(planSchema);

/**
 * @param text a plan, as `terraform show -json` prints it
 * @throws ToolError when it is none
 */
export function changesOf(text: string): readonly ResourceChange[] {
  const plan: unknown = JSON.parse(text);
  if (!isPlan(plan)) throw new ToolError(`What Terraform shows is no plan: ${ajv.errorsText(isPlan.errors)}`);
  return plan.resource_changes ?? [];
}
