/** `node scripts/build/build.ts`: compiles the validators, then bundles and zips every Lambda into `dist/lambdas/`. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleLambda, zipBundle } from './bundle.ts';
import { unused } from './replacements.ts';
import { compileValidators } from './validators.ts';

const root = join(import.meta.dirname, '..', '..');
const workspaces = readdirSync(join(root, 'lambdas'));
const lambdas = workspaces.filter((name) => existsSync(join(root, 'lambdas', name, 'src', 'handler.ts')));
const started = performance.now();

for (const name of workspaces) await compileValidators(join(root, 'lambdas', name));

const out = join(root, 'dist', 'lambdas');
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
// The bundles are CommonJS, whatever the package around them says.
writeFileSync(join(out, 'package.json'), '{ "type": "commonjs" }\n');
const sizes = await Promise.all(
  lambdas.map(async (name) => {
    const bundle = join(out, name, 'index.js');
    const { code, map } = await bundleLambda(join(root, 'lambdas', name), bundle);
    const zip = zipBundle(code);
    mkdirSync(join(out, name), { recursive: true });
    // For debuggers of the local stack (docs/debugging.md); the zip has neither the map nor the line that leads to it.
    writeFileSync(bundle, code);
    appendFileSync(bundle, '//# sourceMappingURL=index.js.map\n');
    writeFileSync(`${bundle}.map`, map);
    writeFileSync(join(out, `${name}.zip`), zip);
    return `${name} ${Math.ceil(zip.length / 1024)} KB`;
  }),
);
if (unused.size > 0) throw new Error(`replaced nothing (scripts/build/replacements.ts): ${[...unused].join(', ')}`);
console.log(`built ${lambdas.length} Lambdas in ${Math.round(performance.now() - started)} ms: ${sizes.join(', ')}`);
