import { join } from 'node:path';
import { build } from 'esbuild';
import { zipSync } from 'fflate';

/** Modules of the AWS SDK that Lambda has no use for, and what stands in for them. */
const REPLACED = {
  // Lambda's credentials are environment variables; the default chain also knows SSO, profiles, web identity, processes.
  '@aws-sdk/credential-provider-node': join(import.meta.dirname, 'lambda-credentials.ts'),
};

/**
 * Bundles one Lambda to a single CommonJS file that exports `handler`.
 * The text depends on the sources alone (no paths, no time), so two builds in two folders are equal.
 * @param workspace absolute folder of the Lambda, such as `lambdas/save-tasks`
 */
export async function bundleLambda(workspace: string): Promise<Uint8Array> {
  const result = await build({
    entryPoints: [join(workspace, 'src', 'handler.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    keepNames: false,
    legalComments: 'none',
    mainFields: ['module', 'main'],
    alias: REPLACED,
  });
  const file = result.outputFiles[0];
  if (!file) throw new Error(`esbuild wrote nothing for ${workspace}`);
  return file.contents;
}

/** Zips a bundle as `index.js`, with a fixed time and owner-neutral attributes so that equal bundles make equal zips. */
export function zipBundle(code: Uint8Array): Uint8Array {
  return zipSync({ 'index.js': [code, { level: 9, mtime: new Date(1980, 0, 1), os: 3, attrs: 0o644 << 16 }] });
}
