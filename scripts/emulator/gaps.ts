import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { Ajv } from 'ajv';
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { changesOf, type ResourceChange } from '../terraform/plan.ts';

/** A difference that a plan shows after a deploy to the emulator, because the emulator is not as AWS is. */
export interface Gap {
  /** Type of the resource, as Terraform calls it. */
  readonly type: string;
  /** The argument that differs, at the resource's top; or, where the whole resource is planned anew, `create` or `delete`. */
  readonly what: string;
  /** What the emulator does, and what AWS does. */
  readonly reason: string;
}

const gapsSchema = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['type', 'what', 'reason'],
    properties: { type: { type: 'string' }, what: { type: 'string' }, reason: { type: 'string', minLength: 20 } },
  },
} as const satisfies JSONSchema;

const ajv = new Ajv();
const isGaps = ajv.compile<FromSchema<typeof gapsSchema>>(gapsSchema);

/** @throws Error when the file is no list of gaps */
export function readGaps(file: string): readonly Gap[] {
  const gaps: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isGaps(gaps)) throw new Error(`${file} is no list of gaps: ${ajv.errorsText(isGaps.errors)}`);
  return gaps;
}

/** One difference of a plan, with the resource's address. */
interface Difference extends Pick<Gap, 'type' | 'what'> {
  readonly address: string;
}

/**
 * Compares what a plan would change with the known gaps.
 * @param text the plan, as `terraform show -json` prints it
 * @returns differences that are no known gap, as `address: what`, and gaps that the plan does not show any more
 * @throws ToolError when the text is no plan
 */
export function compareWithGaps(text: string, gaps: readonly Gap[]) {
  const differences = changesOf(text).flatMap(differencesOf);
  const isOf = (difference: Difference) => (gap: Gap) => gap.type === difference.type && gap.what === difference.what;
  return {
    unknown: differences
      .filter((difference) => !gaps.some(isOf(difference)))
      .map(({ address, what }) => `${address}: ${what}`),
    gone: gaps.filter((gap) => !differences.some((difference) => isOf(difference)(gap))),
  };
}

function differencesOf({ address, type, change }: ResourceChange): readonly Difference[] {
  const { actions, before, after, after_unknown: unknown } = change;
  const changed = actions.filter((action) => action !== 'no-op' && action !== 'read');
  if (!changed.includes('update')) return changed.map((what) => ({ address, type, what }));
  const names = new Set([before, after, unknown].flatMap((of) => Object.keys(Object(of))));
  return [...names]
    .filter(
      (name) =>
        isUnknown(argumentOf(unknown, name)) || !isDeepStrictEqual(argumentOf(before, name), argumentOf(after, name)),
    )
    .map((what) => ({ address, type, what }));
}

/** An argument; whether it is null or absent is the same. */
function argumentOf(of: unknown, name: string): unknown {
  const value: unknown = Object(of)[name] ?? undefined;
  return value;
}

/** Whether `true` is somewhere in what `after_unknown` says of an argument: that stands for a value that only a deploy tells. */
const isUnknown = (value: unknown): boolean =>
  value === true || (typeof value === 'object' && value !== null && Object.values(value).some(isUnknown));
