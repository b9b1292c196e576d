import { expect } from 'chai';
import { toStreamRecord } from './record.ts';

const STREAM = 'arn:aws:dynamodb:ap-northeast-1:123456789012:table/things/stream/2024-01-01T00:00:00.000';

describe('a stream record for a Lambda', () => {
  it('is JSON: binary values in base64, at any depth, and the time in seconds', () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const record = toStreamRecord(
      {
        eventID: '7',
        eventName: 'REMOVE',
        eventVersion: '1.1',
        awsRegion: 'dynoxide',
        dynamodb: {
          ApproximateCreationDateTime: new Date('2026-01-31T12:00:00.500Z'),
          Keys: { id: { S: 'a' } },
          OldImage: {
            id: { S: 'a' },
            n: { N: '1.5' },
            b: { B: bytes },
            set: { BS: [bytes] },
            list: { L: [{ M: { inner: { B: bytes } } }, { NULL: true }, { BOOL: false }] },
          },
          SequenceNumber: '12',
          SizeBytes: 100,
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
      },
      STREAM,
    );
    expect(JSON.parse(JSON.stringify(record))).to.deep.equal({
      eventID: '7',
      eventName: 'REMOVE',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'ap-northeast-1',
      eventSourceARN: STREAM,
      dynamodb: {
        ApproximateCreationDateTime: 1_769_860_800.5,
        Keys: { id: { S: 'a' } },
        OldImage: {
          id: { S: 'a' },
          n: { N: '1.5' },
          b: { B: 'AQID' },
          set: { BS: ['AQID'] },
          list: { L: [{ M: { inner: { B: 'AQID' } } }, { NULL: true }, { BOOL: false }] },
        },
        SequenceNumber: '12',
        SizeBytes: 100,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
  });

  it('keeps who deleted the row, if the stream says', () => {
    const userIdentity = { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' };
    expect(toStreamRecord({ userIdentity }, STREAM).userIdentity).to.deep.equal({
      type: 'Service',
      principalId: 'dynamodb.amazonaws.com',
    });
    expect(toStreamRecord({}, STREAM)).not.to.have.property('userIdentity');
  });
});
