import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv } from 'ajv';
import standaloneModule from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const standaloneCode = standaloneModule.default;
const SUFFIX = 'Schema';

/**
 * Ajv's code in fewer words that do the same: an error is pushed in one line instead of seven, and without what nobody reads of
 * it, which is its place in the schema, and its keyword with its parameters but for a property too many (http.ts names that).
 * Errors are counted only where Ajv takes some back, those of a part of a schema that did not fit.
 */
function shortened(code: string): string {
  const short = code
    .replace(/schemaPath:"(?:[^"\\]|\\.)*",/g, '')
    .replace(/keyword:"(?!additionalProperties")\w+",params:\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\},/g, '')
    .replace(
      /const (err\d+) = (.*?);if\(vErrors === null\)\{vErrors = \[\1\];\}else \{vErrors\.push\(\1\);\}/g,
      '(vErrors ??= []).push($2);',
    );
  if (/\b_errs\d/.test(code)) return short;
  return short.replaceAll(/errors\+\+;|let errors = 0;/g, '').replaceAll('errors === 0', 'vErrors === null');
}

/** How strictly schemas are read, and that all errors are told. */
export const AJV_OPTIONS = { allErrors: true, strict: true, allowUnionTypes: true } as const;

const header = '// Made by scripts/build/validators.ts from schema.ts: do not edit.\n';

/** The schemas that `src/schema.ts` of a workspace exports, by the names of their validators; none without such a file. */
export async function readSchemas(workspace: string): Promise<Record<string, object>> {
  const source = join(workspace, 'src', 'schema.ts');
  if (!existsSync(source)) return {};
  const exported: Record<string, unknown> = await import(pathToFileURL(source).href);
  return Object.fromEntries(
    Object.entries(exported)
      .filter(([name]) => name.endsWith(SUFFIX))
      .map(([name, schema]) => [name.slice(0, -SUFFIX.length), Object(schema)]),
  );
}

/**
 * Compiles every `<name>Schema` constant that `src/schema.ts` of a workspace exports into a validator `<name>` in
 * `src/validators.generated.js`, with its type guard in the `.d.ts` beside it, so that no schema is compiled on a cold start.
 * @param workspace absolute folder of the workspace, such as `lambdas/save-tasks`
 */
export async function compileValidators(workspace: string): Promise<void> {
  const exported = await readSchemas(workspace);
  const names = Object.keys(exported);
  if (names.length === 0) return;
  const ajv = new Ajv({ ...AJV_OPTIONS, code: { source: true, esm: true, lines: false } });
  // A copy, since Ajv makes one function of one object: two schemas may be the same constant.
  for (const [name, schema] of Object.entries(exported)) ajv.addSchema({ ...schema }, name);
  const code = standaloneCode(ajv, Object.fromEntries(names.map((name) => [name, name])));
  // Ajv leaves `require` calls of its runtime in ES modules; bundling takes them in.
  const bundled = await build({
    stdin: { contents: shortened(code), resolveDir: workspace },
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
