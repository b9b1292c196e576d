/** All clients speak HTTP/1.1, Bedrock's too (docs/design.md, Decisions), and node:http2 is not loaded. */
export { NodeHttpHandler as NodeHttp2Handler } from './node-http-handler';
