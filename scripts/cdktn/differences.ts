/** Where two Terraform JSONs differ. */
export interface Difference {
  /** Such as `resource.aws_sqs_queue.dead.name`. */
  readonly path: string;
  /** What cdktf wrote there, as JSON. */
  readonly ours: string;
  /** What cdktn wrote there. */
  readonly theirs: string;
}

/** What must differ in every stack, and why. */
export const EXPECTED: readonly { readonly path: string; readonly reason: string }[] = [
  { path: '//.metadata.version', reason: 'each writes its own version beside the JSON; Terraform ignores the block' },
];

export const isExpected = ({ path }: Difference) => EXPECTED.some((expected) => expected.path === path);

/** Every place at which two values differ; what only one of them has is `nothing` in the other. */
export function differencesBetween(ours: unknown, theirs: unknown, path = ''): readonly Difference[] {
  if (isObject(ours) && isObject(theirs) && Array.isArray(ours) === Array.isArray(theirs)) {
    const [a, b] = [new Map(Object.entries(ours)), new Map(Object.entries(theirs))];
    return [...new Set([...a.keys(), ...b.keys()])].flatMap((key) =>
      differencesBetween(a.get(key), b.get(key), path === '' ? key : `${path}.${key}`),
    );
  }
  return Object.is(ours, theirs) ? [] : [{ path, ours: told(ours), theirs: told(theirs) }];
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const told = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));
