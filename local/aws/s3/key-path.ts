import { S3Error } from './errors.ts';

/** S3's limit, in bytes of UTF-8. */
const MAXIMUM_KEY_BYTES = 1024;
/** What file systems take as a name. */
const MAXIMUM_NAME_BYTES = 255;

/** Stands for a part of a key that is empty, as in `a//b`: no encoded part is a lone `%`. */
const EMPTY = '%';

/**
 * The path of a key's file within its bucket's folder: a folder for each `/`, names percent-encoded where they could
 * mean something else. `.` and `..` are encoded, so that no key leads out of the folder.
 * @throws S3Error for a key that is empty or too long
 */
export function pathOfKey(key: string): string {
  if (key === '') throw new S3Error(400, 'InvalidArgument', 'A key has at least one character');
  if (Buffer.byteLength(key) > MAXIMUM_KEY_BYTES) throw new S3Error(400, 'KeyTooLongError', 'Your key is too long');
  const names = key.split('/').map(encodeName);
  if (names.some((name) => name.length > MAXIMUM_NAME_BYTES)) {
    throw new S3Error(400, 'KeyTooLongError', `The local S3 takes ${MAXIMUM_NAME_BYTES} bytes between two slashes`);
  }
  return names.join('/');
}

/** The key of a path that {@link pathOfKey} made; undefined for a file that somebody else put there. */
export function keyOfPath(path: string): string | undefined {
  try {
    const key = path
      .split('/')
      .map((name) => (name === EMPTY ? '' : decodeURIComponent(name)))
      .join('/');
    return pathOfKey(key) === path ? key : undefined;
  } catch {
    return undefined;
  }
}

/** A lone surrogate, which UTF-8 cannot hold, is refused as S3 does. */
function encodeName(name: string): string {
  if (name === '') return EMPTY;
  if (!name.isWellFormed()) throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.");
  // `=` reads better in `goalId=…`, and no file system minds it.
  const encoded = encodeURIComponent(name).replaceAll('%3D', '=').replaceAll('*', '%2A');
  return /^\.+$/.test(encoded) ? encoded.replaceAll('.', '%2E') : encoded;
}
