/** Serves the built page, as the local stack and the tests do: files of web/dist, its configuration and its headers. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Config } from '../src/config.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/** Nothing but the page's own files and the API: no inline script or style, no frame, no other origin. */
export function contentSecurityPolicy({ apiUrl, auth }: Config): string {
  const connect = ["'self'", apiUrl, auth.kind === 'cognito' ? `https://${auth.domain}` : ''].filter(
    (each) => each !== '',
  );
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${connect.join(' ')}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/**
 * Answers requests for the page and says whether the request was one: a file of `dist`, `/config.json`, or any other
 * path without an extension outside of `/api` and `/local`, which is an address within the page.
 * @param dist folder of the built page
 */
export function createPageHandler(dist: string, config: Config): PageHandler {
  const headers = {
    'content-security-policy': contentSecurityPolicy(config),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  };

  function send(request: IncomingMessage, response: ServerResponse, type: string, body: Buffer, cache: string): void {
    const zipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '') && body.length > 1024;
    const content = zipped ? gzipSync(body) : body;
    response.writeHead(200, {
      ...headers,
      'content-type': type,
      'content-length': content.length,
      'cache-control': cache,
      vary: 'accept-encoding',
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : content);
  }

  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const path = pathOf(request.url ?? '/');
    if (path === undefined || /^\/(?:api|local)(?:\/|$)/.test(path)) return false;
    if (path === '/config.json') {
      send(request, response, 'application/json', Buffer.from(JSON.stringify(config)), 'no-store');
      return true;
    }
    const extension = extname(path);
    const file = normalize(join(dist, extension === '' ? 'index.html' : path));
    const type = TYPES[extension === '' ? '.html' : extension];
    if (type === undefined || !file.startsWith(dist + sep)) return false;
    let body: Buffer;
    try {
      body = await readFile(file);
    } catch {
      return false;
    }
    // Files in assets/ have a hash of their content in their name.
    const isHashed = path.startsWith('/assets/');
    send(request, response, type, body, isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    return true;
  };
}

function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split('?')[0] ?? '/');
  } catch {
    return undefined;
  }
}
