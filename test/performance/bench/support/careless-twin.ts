import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { AJV_OPTIONS, readSchemas } from '../../../../scripts/build/validators.ts';

/** Modules of which the logger imports one each, and the package that one imports who does not look at sizes. */
const WHOLE: ReadonlyMap<string, string> = new Map([
  ['logform/format.js', "export { format as default } from 'winston';"],
  ['winston/lib/winston/create-logger.js', "export { createLogger as default } from 'winston';"],
]);

const careless: Plugin = {
  name: 'careless',
  setup({ onResolve, onLoad }) {
    onLoad({ filter: /validators\.generated\.js$/ }, async ({ path }) => {
      const source = dirname(path);
      const lines = [
        "import { Ajv } from 'ajv';",
        "import * as schemas from './schema.ts';",
        `const ajv = new Ajv(${JSON.stringify(AJV_OPTIONS)});`,
        ...Object.keys(await readSchemas(dirname(source))).map(
          (name) => `export const ${name} = ajv.compile(schemas.${name}Schema);`,
        ),
      ];
      return { contents: lines.join('\n'), resolveDir: source };
    });
    onResolve({ filter: /^(logform|winston)\// }, ({ path, namespace, resolveDir }) =>
      WHOLE.has(path) && namespace === 'file' ? { path, namespace: 'whole', pluginData: resolveDir } : undefined,
    );
    onLoad({ filter: /./, namespace: 'whole' }, ({ path, pluginData: resolveDir }) => ({
      contents: WHOLE.get(path) ?? '',
      resolveDir,
    }));
  },
};

/**
 * Bundles a Lambda as it is done without a thought of its size or start: the same sources with esbuild's defaults for Node,
 * minified, with all of winston, and with Ajv, which compiles the schemas at each start.
 * @param workspace absolute folder of the Lambda
 */
export async function bundleCareless(workspace: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(workspace, 'src', 'handler.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    plugins: [careless],
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild wrote nothing for ${workspace}`);
  return file.contents;
}
