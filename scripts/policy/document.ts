import { Ajv } from 'ajv';

/** A resource of the Terraform JSON. */
export interface Resource {
  /** Such as `aws_sqs_queue`. */
  readonly type: string;
  /** `<type>.<name>`, as Terraform writes it. */
  readonly address: string;
  readonly of: Readonly<Record<string, unknown>>;
}

/** The Terraform JSON of one stack. */
export interface Document {
  /** The tag `Stage` that everything gets. */
  readonly stage: string;
  /** Whether it is for an emulator of AWS, which holds nothing that matters and nobody is on call for. */
  readonly emulated: boolean;
  readonly resources: readonly Resource[];
}

const isSynthesized = new Ajv().compile<{
  resource: Record<string, Record<string, Record<string, unknown>>>;
  provider: { aws: { default_tags: { tags: { Stage: string } }[]; endpoints?: unknown }[] };
}>({
  type: 'object',
  required: ['resource', 'provider'],
  properties: {
    resource: {
      type: 'object',
      additionalProperties: { type: 'object', additionalProperties: { type: 'object' } },
    },
    provider: {
      type: 'object',
      required: ['aws'],
      properties: {
        aws: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['default_tags'],
            properties: {
              default_tags: {
                type: 'array',
                minItems: 1,
                items: {
                  type: 'object',
                  required: ['tags'],
                  properties: {
                    tags: { type: 'object', required: ['Stage'], properties: { Stage: { type: 'string' } } },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
});

/**
 * Reads the Terraform JSON of a stack.
 * @throws Error when it is no such JSON, or does not tag what it makes with its stage
 */
export function parseDocument(json: unknown): Document {
  if (!isSynthesized(json)) throw new Error('not the Terraform JSON of a stack with resources and a tag Stage');
  return {
    stage: json.provider.aws[0]?.default_tags[0]?.tags.Stage ?? '',
    emulated: json.provider.aws.some(({ endpoints }) => endpoints !== undefined),
    resources: Object.entries(json.resource).flatMap(([type, byName]) =>
      Object.entries(byName).map(([name, of]) => ({ type, address: `${type}.${name}`, of })),
    ),
  };
}

/** All resources of the types. */
export function ofType({ resources }: Document, ...types: readonly string[]): readonly Resource[] {
  return resources.filter(({ type }) => types.includes(type));
}

/** The values at a path. A block may be an object or a list of them: lists are gone through on the way. */
export function valuesAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, ...path));
  const [field, ...rest] = path;
  if (field === undefined) return value === undefined || value === null ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return valuesAt(Reflect.get(value, field), ...rest);
}

/** Whether the value at a path is `true`. */
export function isTrue({ of }: Resource, ...path: readonly string[]): boolean {
  return valuesAt(of, ...path).includes(true);
}

/** The addresses that a value refers to: `aws_sqs_queue.dead` for `${aws_sqs_queue.dead.arn}`. */
export function referencesIn(value: unknown): readonly string[] {
  return [...(JSON.stringify(value) ?? '').matchAll(/\$\{([^}]*)\}/g)].flatMap(([, expression = '']) =>
    [...expression.matchAll(/\b(aws_\w+\.\w+)\b/g)].map(([, address = '']) => address),
  );
}

/** Whether a value refers to the resource, or is the very text of its argument `named`. */
export function means(value: unknown, resource: Resource, named: string): boolean {
  return referencesIn(value).includes(resource.address) || (value !== undefined && value === resource.of[named]);
}
