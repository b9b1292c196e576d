/** The SDK's event streams and WebSockets, for operations that stream: none of ours does. */
function leftOut(): never {
  throw new Error('event streams are not in the bundles: see scripts/build/replacements.ts');
}
export class HeaderFormatter {
  readonly format = leftOut;
}

const unchanged = <Config>(config: Config): Config => config;

export {
  leftOut as EventStreamSerde,
  leftOut as eventStreamPayloadHandlerProvider,
  leftOut as eventStreamSerdeProvider,
  leftOut as getEventStreamPlugin,
  leftOut as getWebSocketPlugin,
  unchanged as resolveEventStreamConfig,
  unchanged as resolveEventStreamSerdeConfig,
  unchanged as resolveWebSocketConfig,
};
