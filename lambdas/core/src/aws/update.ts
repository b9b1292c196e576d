import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';

/** A change of one row. `#name` in its condition is the attribute of that name; `:name` is a value, or what `set` writes. */
export interface Change {
  readonly TableName: string;
  readonly Key: Readonly<Record<string, unknown>>;
  /** Attributes by name; those that are undefined stay as they are. */
  readonly set?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  /** What is added to numbers that are there, by name. */
  readonly add?: Readonly<Record<string, number>>;
  /** Raises the version, so that whoever has read the row before is refused. */
  readonly raisesVersion?: boolean;
  readonly condition?: string;
  /** Those that no expression holds are left out: DynamoDB refuses them. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** What a transaction and an UpdateCommand take alike. */
export type Update = UpdateCommandInput & { UpdateExpression: string };

/** Writes a change in the expressions of DynamoDB. */
export function updateOf({
  TableName,
  Key,
  set = {},
  remove = [],
  add = {},
  raisesVersion,
  condition,
  values,
}: Change): Update {
  const given = Object.entries(set).filter(([, value]) => value !== undefined);
  const assignments = [
    ...(raisesVersion ? ['#version = #version + :one'] : []),
    ...given.map(([name]) => `#${name} = :${name}`),
    ...Object.keys(add).map((name) => `#${name} = #${name} + :${name}`),
  ];
  const UpdateExpression = [
    ...(assignments.length === 0 ? [] : [`SET ${assignments.join(', ')}`]),
    ...(remove.length === 0 ? [] : [`REMOVE ${remove.map((name) => `#${name}`).join(', ')}`]),
  ].join(' ');
  const expressions = `${UpdateExpression} ${condition ?? ''}`;
  const used = (sign: '#' | ':'): readonly string[] => expressions.match(new RegExp(`${sign}\\w+`, 'g')) ?? [];
  const names = used('#').map((name) => [name, name.slice(1)]);
  const all = Object.entries({ one: 1, ...values, ...Object.fromEntries(given), ...add });
  const known = all.map(([name, value]) => [`:${name}`, value] as const).filter(([name]) => used(':').includes(name));
  return {
    TableName,
    Key,
    UpdateExpression,
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ...(names.length === 0 ? {} : { ExpressionAttributeNames: Object.fromEntries(names) }),
    ...(known.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(known) }),
  };
}
