import { type Document, field, type Resource } from './document.ts';

/** A statement of a policy, with every field that may be one value or many made a list. */
export interface Statement {
  /** The resource that the policy is on or of. */
  readonly on: Resource;
  readonly effect: string;
  /** `{AWS: '*'}` and `'*'` alike become `*`. */
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Condition keys in small letters, since their case does not matter. */
  readonly conditions: readonly string[];
  /** NotAction, NotResource, NotPrincipal: what they allow is whatever exists. */
  readonly inverted: readonly string[];
}

const POLICY_ARGUMENTS: ReadonlySet<string> = new Set(['policy', 'assume_role_policy', 'access_policy']);

/** Every policy statement of a stack, wherever it stands: any text that is JSON with statements counts. */
export function statementsOf({ resources }: Document): readonly Statement[] {
  return resources.flatMap((on) =>
    textsIn(on.of).flatMap(({ text }) => listOf(field(parsed(text), 'Statement')).map((each) => statement(on, each))),
  );
}

/** Whether each policy of the resource is JSON text, so that it can be checked. */
export function isReadable({ of }: Resource): boolean {
  return textsIn(of).every(
    ({ name, text }) => !POLICY_ARGUMENTS.has(name) || field(parsed(text), 'Statement') !== undefined,
  );
}

/** Every text in a value, with the name of the argument that it is, or that its list is. */
function textsIn(value: unknown, name = ''): readonly { readonly name: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ name, text: value }];
  return Object.entries(Object(value)).flatMap(([inner, of]) => textsIn(of, Array.isArray(value) ? name : inner));
}

function parsed(text: string): unknown {
  try {
    return text.trimStart().startsWith('{') ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

const listOf = (value: unknown): readonly unknown[] => (value === undefined ? [] : [value].flat());

function statement(on: Resource, from: unknown): Statement {
  const texts = (name: string) => listOf(field(from, name)).map(String);
  const principal = field(from, 'Principal');
  return {
    on,
    effect: String(field(from, 'Effect')),
    principals: (typeof principal === 'object' && principal !== null ? Object.values(principal) : [principal])
      .flatMap(listOf)
      .map(String),
    actions: texts('Action'),
    resources: texts('Resource'),
    conditions: Object.values(Object(field(from, 'Condition'))).flatMap((test) =>
      Object.keys(Object(test)).map((key) => key.toLowerCase()),
    ),
    inverted: ['NotAction', 'NotResource', 'NotPrincipal'].filter((name) => field(from, name) !== undefined),
  };
}
