import type { PutObjectCommand } from '@aws-sdk/client-s3';
import { AwsError } from './aws-errors.ts';

export interface ObjectWrite {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string;
}

/**
 * A model of S3, where nothing but objects of text are written. Of several that send `If-None-Match: *`, the first one
 * writes, and the others are refused. (Amazon S3 User Guide, "How to prevent object overwrites with conditional writes".)
 */
export class Bucket {
  readonly objects = new Map<string, string>();
  readonly #onWrite: (write: ObjectWrite) => void;

  constructor(onWrite: (write: ObjectWrite) => void) {
    this.#onWrite = onWrite;
  }

  /** @throws AwsError when there is an object already, and the command is not to replace it */
  run({ input: { Key: key = '', Body: body, IfNoneMatch } }: PutObjectCommand): object {
    if (typeof body !== 'string') throw new Error('the model of S3 knows objects of text alone');
    const before = this.objects.get(key);
    if (IfNoneMatch === '*' && before !== undefined) {
      throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
    }
    this.objects.set(key, body);
    this.#onWrite({ key, before, after: body });
    return {};
  }
}
