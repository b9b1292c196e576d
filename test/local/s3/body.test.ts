import { expect } from 'chai';
import fc from 'fast-check';
import { crc32Of, readObjectBody } from '../../../local/aws/s3/body.ts';
import { S3Error } from '../../../local/aws/s3/errors.ts';

const streaming = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
const chunk = (content: Buffer) =>
  Buffer.concat([Buffer.from(`${content.length.toString(16)};chunk-signature=abc\r\n`), content, Buffer.from('\r\n')]);

describe('the body of a PutObject', () => {
  it('is the object, with the checksums that came with it', () => {
    const content = Buffer.from('hello');
    const headers = { 'x-amz-checksum-crc32': crc32Of(content), 'x-amz-checksum-type': 'FULL_OBJECT' };
    expect(readObjectBody(headers, content)).to.deep.equal({
      content,
      checksums: { 'x-amz-checksum-crc32': 'NhCmhg==' },
    });
  });

  it('is put together from its chunks, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 })), (chunks) => {
        const parts = chunks.map((bytes) => Buffer.from(bytes));
        const whole = Buffer.concat(parts);
        const end = Buffer.from(`0\r\nx-amz-checksum-crc32:${crc32Of(whole)}\r\n\r\n`);
        const headers = { ...streaming, 'x-amz-decoded-content-length': String(whole.length) };
        const { content, checksums } = readObjectBody(headers, Buffer.concat([...parts.map(chunk), end]));
        expect(content.equals(whole)).to.equal(true);
        expect(checksums).to.deep.equal({ 'x-amz-checksum-crc32': crc32Of(whole) });
      }),
    );
  });

  const refused: Record<string, [headers: Record<string, string>, body: string, code: string]> = {
    'a checksum that is another’s': [{ 'x-amz-checksum-crc32': 'AAAAAA==' }, 'hello', 'BadDigest'],
    'a SHA-256 that is another’s': [{ 'x-amz-checksum-sha256': 'AAAA' }, 'hello', 'BadDigest'],
    'a checksum behind the chunks that is another’s': [
      streaming,
      '1\r\na\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n',
      'BadDigest',
    ],
    'a chunk that is torn': [streaming, '5\r\nhel', 'IncompleteBody'],
    'chunks without an end': [streaming, '1\r\na\r\n', 'IncompleteBody'],
    'fewer bytes than said': [
      { ...streaming, 'x-amz-decoded-content-length': '2' },
      '1\r\na\r\n0\r\n\r\n',
      'IncompleteBody',
    ],
    'what is no chunk': [streaming, 'hello\r\n', 'InvalidRequest'],
  };
  for (const [title, [headers, body, code]] of Object.entries(refused)) {
    it(`is refused for ${title}`, () => {
      expect(() => readObjectBody(headers, Buffer.from(body)))
        .to.throw(S3Error)
        .with.property('code', code);
    });
  }
});
