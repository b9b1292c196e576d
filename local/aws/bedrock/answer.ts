import { randomUUID } from 'node:crypto';
import { ServerResponse } from 'node:http';
import { constants } from 'node:http2';
import { BodyTooLarge } from '../../http/server.ts';
import type { AnyResponse } from './both-versions.ts';
import { BedrockError } from './protocol.ts';

export function asBedrockError(error: unknown): BedrockError {
  if (error instanceof BedrockError) return error;
  if (error instanceof BodyTooLarge) {
    return new BedrockError(400, 'ValidationException', 'Input is too long for requested model.');
  }
  return new BedrockError(500, 'InternalServerException', error instanceof Error ? error.message : 'Unknown error');
}

export function sendError(response: AnyResponse, error: BedrockError): void {
  response.setHeader('x-amzn-errortype', error.type);
  if (error.retryAfterSeconds !== undefined) response.setHeader('retry-after', String(error.retryAfterSeconds));
  sendText(response, error.status, JSON.stringify({ message: error.message }));
}

export function sendText(response: AnyResponse, status: number, text: string): void {
  if (writeHead(response, status, text)) response.end(text);
}

/** Begins an answer, and ends its connection when half of it is out. */
export function sendHalf(response: AnyResponse, text: string): void {
  if (!writeHead(response, 200, text)) return;
  const half = text.slice(0, text.length / 2);
  if (response instanceof ServerResponse) response.write(half, () => response.socket?.destroy());
  else response.write(half, 'utf8', () => response.stream.close(constants.NGHTTP2_INTERNAL_ERROR));
}

/** Ends the connection without an answer; of HTTP/2 the stream alone, so that other calls on it go on. */
export function reset(response: AnyResponse): void {
  if (response instanceof ServerResponse) response.socket?.resetAndDestroy();
  else response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
}

function writeHead(response: AnyResponse, status: number, text: string): boolean {
  if (response.destroyed || response.writableEnded) return false;
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.setHeader('x-amzn-requestid', randomUUID());
  return true;
}
