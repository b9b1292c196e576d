import type { JSONSchema } from 'json-schema-to-ts';

type Properties = Readonly<Record<string, JSONSchema>>;
type None = Readonly<Record<never, never>>;

/** The names of properties, typed as what they are. */
const namesOf = <Required extends Properties>(required: Required) =>
  Object.keys(required) as (keyof Required & string)[];

/** An object with these properties, which may have others. */
export const having = <const Required extends Properties, const Optional extends Properties = None>(
  required: Required,
  optional?: Optional,
) =>
  ({
    type: 'object',
    properties: { ...required, ...optional } as Required & Optional,
    required: namesOf(required),
  }) as const;

/** An object with these properties and no others. */
export const exactly = <const Required extends Properties, const Optional extends Properties = None>(
  required: Required,
  optional?: Optional,
) => ({ ...having(required, optional), additionalProperties: false }) as const;
