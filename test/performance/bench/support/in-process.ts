import { type LocalStack, type StackOptions, startStack } from '../../../../local/stack.ts';
import { temporaryFolder } from './stack.ts';

/** A local stack within this process, for what only its options can do; it is warm, and its data is gone afterwards. */
export async function startInProcess(
  environment: Readonly<Record<string, string>>,
  options: Partial<StackOptions> = {},
): Promise<AsyncDisposable & { readonly stack: LocalStack }> {
  const folder = temporaryFolder();
  const stack = await startStack({
    port: 0,
    quiet: true,
    warmUp: true,
    ...options,
    environment: { ...environment, DATA_DIR: folder.path },
  });
  return {
    stack,
    async [Symbol.asyncDispose]() {
      await stack.close();
      folder[Symbol.dispose]();
    },
  };
}
