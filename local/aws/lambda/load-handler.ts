import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

export type Handler = (event: unknown, context: unknown) => unknown;

/** A bundle that cannot be used; the names are those of Lambda's Node.js runtime. */
export class RuntimeError extends Error {
  override readonly name: `Runtime.${string}`;

  constructor(kind: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = `Runtime.${kind}`;
  }
}

const isHandler = (value: unknown): value is Handler => typeof value === 'function';

const propertyOf = (value: unknown, name: string): unknown =>
  (typeof value === 'object' && value !== null) || typeof value === 'function' ? Reflect.get(value, name) : undefined;

const isMissingModule = (thrown: unknown) => propertyOf(thrown, 'code') === 'MODULE_NOT_FOUND';

function requireModule(taskRoot: string, name: string): unknown {
  const load = createRequire(join(taskRoot, 'package.json'));
  try {
    return load(`./${name}`);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw new RuntimeError('UserCodeSyntaxError', String(thrown), thrown);
    if (isMissingModule(thrown)) throw new RuntimeError('ImportModuleError', String(thrown), thrown);
    throw thrown;
  }
}

/**
 * Loads a CommonJS bundle as Lambda's Node.js 24 runtime does.
 * @param taskRoot folder of the unzipped bundle
 * @param handler such as `index.handler`: file without ending, then the name of the export
 * @throws RuntimeError, or whatever the bundle itself throws while it loads
 */
export function loadHandler(taskRoot: string, handler: string): Handler {
  const [, file, exported] = /^([^.]+)\.(.+)$/.exec(basename(handler)) ?? [];
  if (file === undefined || exported === undefined || handler.includes('..')) {
    throw new RuntimeError('MalformedHandlerName', `'${handler}' is not a valid handler name`);
  }
  const loaded = requireModule(taskRoot, join(dirname(handler), file));
  const found = exported.split('.').reduce(propertyOf, loaded);
  if (!isHandler(found)) throw new RuntimeError('HandlerNotFound', `${handler} is undefined or not exported`);
  if (found.length > 2) {
    throw new RuntimeError(
      'CallbackHandlerDeprecated',
      `${handler} takes a callback, which Node.js 24 does not support`,
    );
  }
  return found;
}
