import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { HEADERS } from '../../web/scripts/page.ts';

const VIEWER = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const HERE = import.meta.dirname;
const CONTRACT = join(HERE, '..', '..', 'docs', 'openapi.yaml');

const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** What is served, by path: its type and how it is made. Swagger UI keeps its styles in a file, as the page's security policy wants. */
const FILES: Readonly<Record<string, { readonly type: string; readonly read: () => Buffer | string }>> = {
  '/docs': { type: HTML, read: () => readFileSync(join(HERE, 'index.html')) },
  '/docs/initializer.js': { type: SCRIPT, read: () => readFileSync(join(HERE, 'initializer.js')) },
  '/docs/swagger-ui-bundle.js': { type: SCRIPT, read: () => readFileSync(join(VIEWER, 'swagger-ui-bundle.js')) },
  '/docs/swagger-ui.css': {
    type: 'text/css; charset=utf-8',
    read: () => readFileSync(join(VIEWER, 'swagger-ui.css')),
  },
  '/docs/openapi.json': { type: 'application/json', read: contractOfThisStack },
};

/**
 * The contract, as it is in the file now. What is tried out calls where the page is from, and no list by the cursor of an
 * example, which this stack never made.
 */
function contractOfThisStack(): string {
  const contract = parseDocument(readFileSync(CONTRACT, 'utf8'));
  contract.set('servers', [{ url: '/' }]);
  contract.deleteIn(['components', 'parameters', 'Cursor', 'example']);
  return JSON.stringify(contract);
}

/**
 * Serves `docs/openapi.yaml` as a page at `/docs`, of this machine alone: nothing of it is deployed. Says whether the
 * request was for it.
 */
export function serveReference(request: IncomingMessage, response: ServerResponse): boolean {
  const path = (request.url ?? '').replace(/\?.*$|\/(?:\?.*)?$/s, '');
  const file = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
  if (file === undefined || !/^(?:GET|HEAD)$/.test(request.method ?? '')) return false;
  const body = file.read();
  response.writeHead(200, { ...HEADERS, 'content-type': file.type, 'cache-control': 'no-cache' }).end(body);
  return true;
}
