import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { noSuchBucket, noSuchKey, preconditionFailed, S3Error } from './errors.ts';
import { keyOfPath, pathOfKey } from './key-path.ts';

/** An object without its content. */
export interface StoredObject {
  readonly key: string;
  readonly size: number;
  readonly lastModified: Date;
}

/** Objects as files, in a folder a bucket. */
export interface ObjectStore {
  /**
   * Stores an object whole or not at all: who reads or kills in between finds the old one.
   * @param ifAbsent only when there is none yet, decided by the file system
   * @throws S3Error NoSuchBucket, PreconditionFailed
   */
  put(bucket: string, key: string, content: Buffer, ifAbsent: boolean): Promise<void>;
  /** @throws S3Error NoSuchBucket, NoSuchKey */
  get(bucket: string, key: string): Promise<StoredObject & { readonly content: Buffer }>;
  /** Every object whose key begins with the prefix, in the order of the bytes of their keys. @throws S3Error NoSuchBucket */
  list(bucket: string, prefix: string): Promise<StoredObject[]>;
}

/** Holds what is being written: no bucket's name begins with a dot. */
const UNFINISHED = '.unfinished';

/** Removes what a kill left half-written. */
export const removeUnfinished = (folder: string) => rm(join(folder, UNFINISHED), { recursive: true, force: true });

/** Of an object's content, as S3 gives it for one that was put in one piece. */
export const etagOf = (content: Buffer) => `"${createHash('md5').update(content).digest('hex')}"`;

/**
 * @param folder holds a folder a bucket, and one for what is being written
 * @param buckets those that there are
 */
export function createObjectStore(folder: string, buckets: readonly string[]): ObjectStore {
  const unfinished = join(folder, UNFINISHED);

  function folderOf(bucket: string): string {
    if (!buckets.includes(bucket)) throw noSuchBucket();
    return join(folder, bucket);
  }

  const fileOf = (bucket: string, key: string) => join(folderOf(bucket), pathOfKey(key));

  return {
    async put(bucket, key, content, ifAbsent) {
      const path = fileOf(bucket, key);
      await mkdir(unfinished, { recursive: true });
      const temporary = join(unfinished, randomUUID());
      try {
        await writeDurably(temporary, content);
        await mkdir(dirname(path), { recursive: true });
        await (ifAbsent ? link(temporary, path) : rename(temporary, path));
      } catch (error) {
        throw await asPutError(error, path);
      } finally {
        await rm(temporary, { force: true });
      }
    },

    async get(bucket, key) {
      const path = fileOf(bucket, key);
      try {
        const [content, { mtime }] = await Promise.all([readFile(path), stat(path)]);
        return { key, content, size: content.length, lastModified: mtime };
      } catch (error) {
        throw isCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR') ? noSuchKey() : error;
      }
    },

    async list(bucket, prefix) {
      const root = folderOf(bucket);
      const found = await Promise.all(
        (await filesBelow(root)).map(async (path) => {
          const key = keyOfPath(relative(root, path).replaceAll(sep, '/'));
          if (key === undefined || !key.startsWith(prefix)) return [];
          const { size, mtime } = await stat(path);
          return [{ key, size, lastModified: mtime }];
        }),
      );
      return found.flat().sort((one, other) => Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)));
    },
  };
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function filesBelow(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

async function asPutError(error: unknown, path: string): Promise<unknown> {
  if (isCode(error, 'EEXIST') && error.syscall === 'link' && (await stat(path)).isFile()) return preconditionFailed();
  if (isCode(error, 'EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY')) {
    return new S3Error(
      400,
      'InvalidArgument',
      'The local S3 keeps objects as files: a key cannot be the folder of another one',
    );
  }
  return error;
}

function isCode(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
