import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { Zip, ZipPassThrough } from 'fflate';
import { replacements } from './replacements.ts';

/**
 * How a Lambda is bundled to a single CommonJS file that exports `handler`.
 * @param workspace absolute folder of the Lambda, such as `lambdas/save-tasks`
 */
export const bundleOptions = (workspace: string) =>
  ({
    entryPoints: [join(workspace, 'src', 'handler.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    // The SDK imports node:http in its first call, which as an import() loads all of fetch and WebSocket (undici) as well.
    supported: { 'dynamic-import': false },
    minify: true,
    // Japanese takes 300 bytes less in a zip than its escapes do.
    charset: 'utf8',
    legalComments: 'none',
    mainFields: ['module', 'main'],
    plugins: [replacements],
  }) satisfies BuildOptions;

/**
 * Bundles one Lambda. The text depends on the sources alone (no paths, no time), so two builds in two folders are equal.
 * @param workspace see `bundleOptions`
 * @param outfile where the code will be: the map names the sources as seen from there, and the debugger reads those
 * @returns the code, which does not name the map, and the map
 */
export async function bundleLambda(workspace: string, outfile: string): Promise<{ code: Uint8Array; map: Uint8Array }> {
  const mapped = { ...bundleOptions(workspace), outfile, sourcemap: 'external', sourcesContent: false } as const;
  const { outputFiles } = await build(mapped);
  const contentsOf = (path: string) => outputFiles.find((file) => file.path === path)?.contents;
  const [code, map] = [contentsOf(outfile), contentsOf(`${outfile}.map`)];
  if (!code || !map) throw new Error(`esbuild wrote nothing for ${workspace}`);
  return { code, map };
}

/** A file that Node deflates, to 4 % less than fflate does. */
class DeflatedFile extends ZipPassThrough {
  override compression = 8;
  override os = 3;
  override attrs = 0o644 << 16;
  override mtime = new Date(1980, 0, 1);

  protected override process(chunk: Uint8Array, final: boolean): void {
    this.ondata(null, deflateRawSync(chunk, { level: 9, memLevel: 9 }), final);
  }
}

/** Zips a bundle as `index.js`, with a fixed time and owner-neutral attributes so that equal bundles make equal zips. */
export function zipBundle(code: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    parts.push(part);
  });
  const file = new DeflatedFile('index.js');
  zip.add(file);
  file.push(new Uint8Array(code), true);
  zip.end();
  return Buffer.concat(parts);
}
