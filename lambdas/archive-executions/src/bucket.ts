import { PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { describeError } from '@goal-activity/core/errors.ts';

/**
 * Makes the pooled client. The upload of a few KB that hangs is given up after 5 s and sent again by the SDK.
 * @param clientConfig of tests, which name their endpoint here
 */
export const createBucketClient = (clientConfig: S3ClientConfig = {}) =>
  new S3Client({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
    ...clientConfig,
  });

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
