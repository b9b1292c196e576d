import { protectedStages } from '../../modules/config.ts';

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
  /** Whether the data of the stage must survive a mistake. */
  readonly isProtected: boolean;
  /** Whether it is for an emulator of AWS, which holds nothing that matters and nobody is on call for. */
  readonly emulated: boolean;
  readonly resources: readonly Resource[];
}

/**
 * Reads the Terraform JSON of a stack.
 * @param settings content of the settings file, which says of the stage whether it is protected; tests pass their own
 * @throws Error when it is no such JSON, or does not tag what it makes with its stage
 */
export function parseDocument(json: unknown, settings?: unknown): Document {
  const [stage] = valuesAt(json, 'provider', 'aws', 'default_tags', 'tags', 'Stage');
  const resources = Object.entries(Object(field(json, 'resource'))).flatMap(([type, byName]) =>
    Object.entries(Object(byName)).map(([name, of]) => ({ type, address: `${type}.${name}`, of: Object(of) })),
  );
  if (typeof stage !== 'string' || resources.length === 0) {
    throw new Error('not the Terraform JSON of a stack with resources and a tag Stage');
  }
  const isProtected = protectedStages(settings).includes(stage);
  return { isProtected, emulated: valuesAt(json, 'provider', 'aws', 'endpoints').length > 0, resources };
}

/** A field of what may be an object. */
export const field = (of: unknown, name: string): unknown => Object(of)[name];

/** All resources of the types. */
export function ofType({ resources }: Document, ...types: readonly string[]): readonly Resource[] {
  return resources.filter(({ type }) => types.includes(type));
}

/** The values at a path. A block may be an object or a list of them: lists are gone through on the way. */
export function valuesAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, ...path));
  const [name, ...rest] = path;
  if (name === undefined) return value === undefined || value === null ? [] : [value];
  return valuesAt(field(value, name), ...rest);
}

/** Whether there is a value at a path. */
export function has({ of }: Resource, ...path: readonly string[]): boolean {
  return valuesAt(of, ...path).length > 0;
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

/** Whether a value refers to the resource, or is its name, or an ARN that ends with its name. */
export function means(value: unknown, { address, of }: Resource): boolean {
  const name = of.function_name ?? of.name;
  return referencesIn(value).includes(address) || `:${String(value)}`.endsWith(`:${String(name)}`);
}
