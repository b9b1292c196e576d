import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { describeError } from '@goal-activity/core/errors.ts';

/**
 * Writes a JSON object unless there is one under this key.
 * @returns false when there was one already (S3 answers 412 to `If-None-Match: *`)
 */
export async function putOnce(
  client: Pick<S3Client, 'send'>,
  bucket: string,
  key: string,
  body: string,
): Promise<boolean> {
  try {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: 'application/json',
        IfNoneMatch: '*',
      }),
    );
    return true;
  } catch (thrown) {
    if (describeError(thrown).name === 'PreconditionFailed') return false;
    throw thrown;
  }
}
