import { type AwsServices, startEndpoint } from '../../../local/aws/endpoint.ts';

/** What a client of the SDK needs to reach a local endpoint; it tries once. */
export const clientConfig = (endpoint: string) => ({
  endpoint,
  region: 'ap-northeast-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
});

/** A signature for a service, as far as the endpoint looks at it. */
export const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260131/ap-northeast-1/${service}/aws4_request, Signature=0`,
});

/** For a `describe`: starts endpoints, and closes them and whatever else was opened after each test. */
export function useEndpoints() {
  const open: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });
  return {
    onClose: (close: () => Promise<void> | void) => void open.push(close),
    async start(services: AwsServices): Promise<string> {
      const endpoint = await startEndpoint(services);
      open.push(() => endpoint.close());
      return endpoint.url;
    },
  };
}
