import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv } from 'ajv';
import standaloneModule from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const standaloneCode = standaloneModule.default;
const SUFFIX = 'Schema';

const header = '// Made by scripts/build/validators.ts from schema.ts: do not edit.\n';

/**
 * Compiles every `<name>Schema` constant that `src/schema.ts` of a workspace exports into a validator `<name>` in
 * `src/validators.generated.js`, with its type guard in the `.d.ts` beside it, so that no schema is compiled on a cold start.
 * @param workspace absolute folder of the workspace, such as `lambdas/save-tasks`
 */
export async function compileValidators(workspace: string): Promise<void> {
  const source = join(workspace, 'src', 'schema.ts');
  if (!existsSync(source)) return;
  const exported: Record<string, unknown> = await import(pathToFileURL(source).href);
  const names = Object.keys(exported)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length));
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    code: { source: true, esm: true, lines: false },
  });
  // A copy, since Ajv makes one function of one object: two schemas may be the same constant.
  for (const name of names) ajv.addSchema({ ...Object(exported[name + SUFFIX]) }, name);
  const code = standaloneCode(ajv, Object.fromEntries(names.map((name) => [name, name])));
  // Ajv leaves `require` calls of its runtime in ES modules; bundling takes them in.
  const bundled = await build({
    stdin: { contents: code, resolveDir: workspace },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    legalComments: 'none',
  });
  writeFileSync(join(workspace, 'src', 'validators.generated.js'), header + (bundled.outputFiles[0]?.text ?? ''));
  const types = [
    "import type { Validator } from '@goal-activity/core/aws/boundary.ts';",
    "import type { FromSchema } from 'json-schema-to-ts';",
    "import type * as schemas from './schema.ts';",
    ...names.map((name) => `export const ${name}: Validator<FromSchema<typeof schemas.${name}${SUFFIX}>>;`),
  ];
  writeFileSync(join(workspace, 'src', 'validators.generated.d.ts'), `${header}${types.join('\n')}\n`);
}
