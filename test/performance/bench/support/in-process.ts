import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalStack, type StackOptions, startStack } from '../../../../local/stack.ts';

/** A local stack within this process, for what only its options can do; it is warm, and its data is gone afterwards. */
export async function startInProcess(
  environment: Readonly<Record<string, string>>,
  options: Partial<StackOptions> = {},
): Promise<AsyncDisposable & { readonly stack: LocalStack }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'goal-activity-bench-'));
  const stack = await startStack({
    port: 0,
    quiet: true,
    warmUp: true,
    lazy: true,
    ...options,
    environment: { ...environment, DATA_DIR: dataDir },
  });
  return {
    stack,
    async [Symbol.asyncDispose]() {
      await stack.close();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
