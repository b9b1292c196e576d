/** Serves the built page, as the local stack does: the files of web/dist with the headers that they have on AWS, and its configuration. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import sirv from 'sirv';
import type { Config } from '../src/config.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';

const CONFIG: Config = { apiUrl: '', auth: { kind: 'local' } };

/** Of every page that the local stack serves. */
export const HEADERS = {
  'content-security-policy': contentSecurityPolicy(),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

/**
 * Answers requests for the page and says whether the request was one: a file of `dist`, `/config.json`, or any other
 * path without an extension outside of `/api` and `/local`, which is an address within the page.
 * @param dist folder of the built page; it may be built anew
 */
export function createPageHandler(dist: string): (request: IncomingMessage, response: ServerResponse) => boolean {
  const serve = sirv(dist, {
    dev: true,
    etag: true,
    single: true,
    setHeaders(response, path) {
      response.setHeaders(new Map(Object.entries(HEADERS)));
      // Files in assets/ have a hash of their content in their name.
      if (path.startsWith('/assets/')) response.setHeader('cache-control', 'public, max-age=31536000, immutable');
    },
  });
  return (request, response) => {
    const path = request.url?.split('?')[0] ?? '/';
    if (!/^(?:GET|HEAD)$/.test(request.method ?? '') || /^\/(?:api|local)(?:\/|$)/.test(path)) return false;
    if (path === '/config.json') {
      const headers = { ...HEADERS, 'content-type': 'application/json', 'cache-control': 'no-store' };
      response.writeHead(200, headers).end(JSON.stringify(CONFIG));
      return true;
    }
    let isFound = true;
    serve(request, response, () => {
      isFound = false;
    });
    return isFound;
  };
}
