import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { zipSync } from 'fflate';

/** Packages that Lambda has no use for, and what stands in for them: a third of the bundle. */
const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/^@aws-sdk\/credential-provider-node$/, 'credentials.ts'],
  [/^@dabh\/diagnostics$/, 'diagnostics.cjs'],
  [/^readable-stream$/, 'streams.cjs'],
  [/^readable-stream\/lib\/_stream_writable(\.js)?$/, 'writable.cjs'],
];

const replacements: Plugin = {
  name: 'replacements',
  setup({ onResolve }) {
    for (const [filter, file] of REPLACEMENTS) {
      onResolve({ filter }, () => ({ path: join(import.meta.dirname, 'replacements', file) }));
    }
  },
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
    // The SDK imports node:http in its first call, which as an import() loads all of fetch and WebSocket (undici) as well.
    supported: { 'dynamic-import': false },
    minify: true,
    legalComments: 'none',
    mainFields: ['module', 'main'],
    plugins: [replacements],
  });
  const file = result.outputFiles[0];
  if (!file) throw new Error(`esbuild wrote nothing for ${workspace}`);
  return file.contents;
}

/** Zips a bundle as `index.js`, with a fixed time and owner-neutral attributes so that equal bundles make equal zips. */
export function zipBundle(code: Uint8Array): Uint8Array {
  return zipSync({ 'index.js': [code, { level: 9, mtime: new Date(1980, 0, 1), os: 3, attrs: 0o644 << 16 }] });
}
