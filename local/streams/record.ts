import type { AttributeValue, _Record as SdkRecord } from '@aws-sdk/client-dynamodb-streams';

/** A record of a DynamoDB stream as Lambda hands it to a function: JSON, binary values in base64, times in seconds. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventVersion: string;
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  /** There only for a row that DynamoDB itself deleted, since its time to live was over. */
  readonly userIdentity?: UserIdentity;
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Row;
    readonly NewImage?: Row;
    readonly OldImage?: Row;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: string;
  };
}

/** A row in DynamoDB's JSON. */
export type Row = Readonly<Record<string, unknown>>;

export interface UserIdentity {
  readonly type: string;
  readonly principalId: string;
}

/** Who deletes rows whose time to live is over (DynamoDB guide, "DynamoDB Streams and Time to Live"). */
export const TTL_IDENTITY: UserIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

/**
 * The record as Lambda hands it on.
 * @param eventSourceARN of the stream, as AWS would name it
 */
export function toStreamRecord(record: SdkRecord, eventSourceARN: string): StreamRecord {
  const { eventID = '', eventName = '', eventVersion = '1.1', dynamodb = {}, userIdentity } = record;
  const { Type, PrincipalId } = userIdentity ?? {};
  return {
    eventID,
    eventName,
    eventVersion,
    eventSource: 'aws:dynamodb',
    awsRegion: eventSourceARN.split(':')[3] ?? '',
    dynamodb: {
      ApproximateCreationDateTime: (dynamodb.ApproximateCreationDateTime ?? new Date(0)).getTime() / 1000,
      Keys: toRow(dynamodb.Keys ?? {}),
      ...(dynamodb.NewImage === undefined ? {} : { NewImage: toRow(dynamodb.NewImage) }),
      ...(dynamodb.OldImage === undefined ? {} : { OldImage: toRow(dynamodb.OldImage) }),
      SequenceNumber: dynamodb.SequenceNumber ?? '',
      SizeBytes: dynamodb.SizeBytes ?? 0,
      StreamViewType: dynamodb.StreamViewType ?? '',
    },
    ...(Type === undefined || PrincipalId === undefined
      ? {}
      : { userIdentity: { type: Type, principalId: PrincipalId } }),
    eventSourceARN,
  };
}

const toRow = (attributes: Readonly<Record<string, AttributeValue>>): Row =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, toJson(value)]));

function toJson(value: AttributeValue): unknown {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.L !== undefined) return { L: value.L.map(toJson) };
  if (value.M !== undefined) return { M: toRow(value.M) };
  return value;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
