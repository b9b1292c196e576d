import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { obeyDeadline } from './deadline.ts';

/** The limits of every client of AWS; those of its calls together are the deadline of the invocation (deadline.ts). */
export const CLIENT_LIMITS = {
  /** Milliseconds until a connection is made. */
  connectMs: 3_000,
  /** Milliseconds from the call to its answer, the connection included, and between two parts of an answer. */
  requestMs: 5_000,
  /** The first attempt included. The SDK waits before the second for up to 1 s, before the third for up to 2 s. */
  attempts: 3,
} as const;

/** What a client is made with; the clients' own types of it are the same. */
export type ClientConfig = Pick<
  DynamoDBClientConfig,
  'credentials' | 'endpoint' | 'maxAttempts' | 'region' | 'requestHandler'
>;

/** A call waits for no socket of another: Lambda has one call a process, and the local stack limits what a process has. */
const AGENT = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };

/** How the SDK's HTTP handler is told the limits; without them it waits for a connection without end, and 5 minutes or more for an answer. */
export const handlerLimits = (requestMs: number = CLIENT_LIMITS.requestMs) => ({
  connectionTimeout: CLIENT_LIMITS.connectMs,
  requestTimeout: requestMs,
  throwOnRequestTimeout: true,
  socketTimeout: requestMs,
  httpAgent: AGENT,
  httpsAgent: AGENT,
});

/**
 * Makes a pooled client with the limits.
 * @param changes of a service whose limits differ, and of tests, which name their endpoint here and not in the environment
 * that all tests share
 */
export function createClient<Client extends { send: object }>(
  Class: new (config: ClientConfig) => Client,
  changes: ClientConfig = {},
): Client {
  return obeyDeadline(new Class({ maxAttempts: CLIENT_LIMITS.attempts, requestHandler: handlerLimits(), ...changes }));
}

/**
 * A client for what few invocations do: it is made with its first call, not at the start of the Lambda. (Its code is
 * evaluated at the start: were it put off too, a bundle would be 12 to 42 KB larger, and slower to start.)
 * @param make such as `() => createClient(SNSClient)`
 */
export function onFirstCall<Client extends { send: object }>(make: () => Client): Pick<Client, 'send'> {
  let client: Client | undefined;
  return {
    get send() {
      client ??= make();
      return client.send;
    },
  };
}
