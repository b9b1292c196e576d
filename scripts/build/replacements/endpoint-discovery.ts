/** DynamoDB's client brings a cache for endpoints to be discovered, of which no operation makes use any more. */
export const resolveEndpointDiscoveryConfig = <Config>(config: Config): Config => config;
