/** `node --import ./scripts/cdktn/hooks.ts main.ts`: whatever asks for `cdktf`, ours or the provider's bindings, gets cdktn. */
import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CDKTN_FOLDER } from './folder.ts';

const installed = createRequire(join(CDKTN_FOLDER, 'package.json'));

registerHooks({
  resolve(specifier, context, next) {
    const [, inside] = /^cdktf($|\/.*)/.exec(specifier) ?? [];
    if (inside === undefined) return next(specifier, context);
    return { url: pathToFileURL(installed.resolve(`cdktn${inside}`)).href, shortCircuit: true };
  },
});
