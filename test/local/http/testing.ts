import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

interface RawRequest {
  method?: string;
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer | undefined;
}

/** A request whose headers and path go out as they are, unlike those of fetch. */
export async function raw(port: number, { method = 'GET', path, headers = {}, body }: RawRequest) {
  const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false });
  request.end(body);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  const answer: { status: number; headers: IncomingHttpHeaders; body: string } = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: await text(response),
  };
  return answer;
}
