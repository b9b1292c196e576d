import type { Schema, Schemas } from './schema.ts';
import { schemas } from './schemas.generated.js';
import type { Answers, Operation } from './types.ts';

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/** Properties that the schema does not name are allowed, so that the API may add some. */
export function matches(value: unknown, schema: Schema, definitions: Schemas['definitions']): boolean {
  if (schema.$ref !== undefined) return matches(value, definitions[schema.$ref] ?? {}, definitions);
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type;
  if (types !== undefined && !types.some((type) => hasType(value, type))) return false;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return false;
  if (schema.oneOf !== undefined && !schema.oneOf.some((option) => matches(value, option, definitions))) return false;
  if (Array.isArray(value) && schema.items !== undefined) {
    const { items } = schema;
    return value.every((item) => matches(item, items, definitions));
  }
  if (!isRecord(value)) return true;
  if (schema.required?.some((key) => !(key in value))) return false;
  return Object.entries(schema.properties ?? {}).every(
    ([key, inner]) => !(key in value) || matches(value[key], inner, definitions),
  );
}

/** Whether this is the answer that docs/openapi.yaml promises for the operation. */
export function isAnswer<Name extends Operation>(operation: Name, value: unknown): value is Answers[Name] {
  const schema = schemas.answers[operation];
  return schema !== undefined && matches(value, schema, schemas.definitions);
}
