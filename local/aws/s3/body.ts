import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { S3Error } from './errors.ts';

/** What a PutObject request brings: the object's bytes, and its checksum headers, trailing ones too. */
export interface ObjectBody {
  readonly content: Buffer;
  readonly checksums: Readonly<Record<string, string>>;
}

const CHECKSUM_HEADER = /^x-amz-checksum-(?!algorithm$|type$|mode$)\w+$/;

const badRequest = (code: string, message: string) => new S3Error(400, code, message);

/**
 * The object in a request body. A client that streams sends it in chunks of `aws-chunked`, with the checksum behind the
 * last one; the signatures that chunks may have are not checked, as no signature is here.
 * @throws S3Error for a body that is torn, or does not have the checksum that it claims
 */
export function readObjectBody(headers: IncomingHttpHeaders, body: Buffer): ObjectBody {
  const isChunked = String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  const { content, trailers } = isChunked ? unchunk(body) : { content: body, trailers: {} };
  const length = headers['x-amz-decoded-content-length'];
  if (isChunked && length !== undefined && Number(length) !== content.length) {
    throw badRequest(
      'IncompleteBody',
      'You did not provide the number of bytes specified by the Content-Length HTTP header',
    );
  }
  const given = Object.entries({ ...headers, ...trailers }).filter(([name]) => CHECKSUM_HEADER.test(name));
  const checksums = Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
  for (const [name, value] of Object.entries(checksums)) checkChecksum(name, value, content);
  return { content, checksums };
}

/** Of the checksums that the SDK offers, those that Node can compute; crc32c and crc64nvme are taken as they are. */
const COMPUTE: Readonly<Record<string, (content: Buffer) => string>> = {
  'x-amz-checksum-crc32': crc32Of,
  'x-amz-checksum-sha1': (content) => createHash('sha1').update(content).digest('base64'),
  'x-amz-checksum-sha256': (content) => createHash('sha256').update(content).digest('base64'),
};

/** The CRC-32 of content as `x-amz-checksum-crc32` has it: big-endian, in base64. */
export function crc32Of(content: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(content));
  return bytes.toString('base64');
}

function checkChecksum(name: string, value: string, content: Buffer): void {
  const computed = COMPUTE[name]?.(content);
  if (computed === undefined || computed === value) return;
  const algorithm = name.replace('x-amz-checksum-', '').toUpperCase();
  throw badRequest('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
}

/** Each chunk is its length in hexadecimal, a line break, its bytes and a line break; an empty one is the last. */
function unchunk(body: Buffer): { content: Buffer; trailers: Record<string, string> } {
  const torn = () => badRequest('IncompleteBody', 'The aws-chunked body ends too early');
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at);
    if (lineEnd < 0) throw torn();
    const size = /^(?<size>[0-9a-f]{1,8})(?:;.*)?$/i.exec(body.toString('latin1', at, lineEnd))?.groups?.size;
    if (size === undefined) throw badRequest('InvalidRequest', 'The aws-chunked body has no length where one must be');
    at = lineEnd + 2;
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    chunks.push(body.subarray(at, at + length));
    at += length + 2;
    if (at > body.length || body.toString('latin1', at - 2, at) !== '\r\n') throw torn();
  }
  const lines = body.toString('latin1', at).split('\r\n');
  const trailers = lines
    .filter((line) => line.includes(':'))
    .map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    });
  return { content: Buffer.concat(chunks), trailers: Object.fromEntries(trailers) };
}
