import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OnLoadResult, Plugin } from 'esbuild';

/** Modules of packages that no Lambda has a use for, and what stands in for each, where a comment says why. */
const REPLACED: ReadonlyMap<string, string> = new Map([
  ['@aws-sdk/checksums/dist-es/submodules/crc/crc32c/Crc32cJs.js', 'left-out.ts'],
  ['@aws-sdk/checksums/dist-es/submodules/crc/crc64-nvme/Crc64Nvme.js', 'left-out.ts'],
  ['@aws-sdk/checksums/dist-es/submodules/sha/sha1/Sha1Js.js', 'left-out.ts'],
  ['@aws-sdk/credential-provider-node/dist-es/index.js', 'credentials.ts'],
  ['@aws-sdk/eventstream-handler-node/dist-es/index.js', 'event-streams.ts'],
  ['@aws-sdk/lib-dynamodb/dist-es/pagination/index.js', 'none.mjs'],
  ['@aws-sdk/middleware-endpoint-discovery/dist-es/resolveEndpointDiscoveryConfig.js', 'endpoint-discovery.ts'],
  ['@aws-sdk/middleware-eventstream/dist-es/index.js', 'event-streams.ts'],
  ['@aws-sdk/middleware-websocket/dist-es/index.js', 'event-streams.ts'],
  ['@aws-sdk/middleware-sdk-s3/dist-es/submodules/s3/index.js', 's3.mjs'],
  ['@aws-sdk/signature-v4-multi-region/dist-es/SignatureV4MultiRegion.js', 'multi-region.mjs'],
  ['@aws-sdk/token-providers/dist-es/fromSso.js', 'left-out.ts'],
  ['@smithy/core/dist-es/submodules/checksum/md5/Md5Js.js', 'left-out.ts'],
  ['@smithy/core/dist-es/submodules/checksum/sha256/Sha256Js.js', 'left-out.ts'],
  ['@smithy/core/dist-es/submodules/config/config-resolver/regionConfig/getInstanceMetadataRegion.js', 'left-out.ts'],
  ['@smithy/core/dist-es/submodules/config/shared-ini-file-loader/loadSharedConfigFiles.js', 'shared-files.mjs'],
  ['@smithy/core/dist-es/submodules/event-streams/index.js', 'event-streams.ts'],
  ['@smithy/core/dist-es/submodules/retry/util-retry/AdaptiveRetryStrategy.js', 'left-out.ts'],
  ['@smithy/core/dist-es/submodules/serde/util-stream/checksum/createChecksumStream.js', 'left-out.ts'],
  ['@smithy/core/dist-es/submodules/serde/util-stream/createBufferedReadable.js', 'left-out.ts'],
  ['@smithy/core/dist-es/submodules/serde/util-stream/getAwsChunkedEncodingStream.js', 'left-out.ts'],
  ['@smithy/core/dist-es/submodules/serde/util-stream/sdk-stream-mixin.js', 'left-out.ts'],
  ['@smithy/node-http-handler/dist-es/node-http2-handler.js', 'http2.mjs'],
  ['@smithy/signature-v4/dist-es/HeaderFormatter.js', 'event-streams.ts'],
  ['@dabh/diagnostics/node/index.js', 'diagnostics.cjs'],
  ['async/forEach.js', 'left-out.cjs'],
  ['logform/index.js', 'levels.cjs'],
  ['logform/json.js', 'left-out.cjs'],
  ['readable-stream/readable.js', 'streams.cjs'],
  ['readable-stream/lib/_stream_writable.js', 'writable.cjs'],
  ['winston-transport/legacy.js', 'left-out.cjs'],
  ['winston/lib/winston/exception-handler.js', 'uncaught.cjs'],
  ['winston/lib/winston/profiler.js', 'left-out.cjs'],
  ['winston/lib/winston/rejection-handler.js', 'uncaught.cjs'],
]);

/** Of a package's description, the SDK reads the version, for the user agent. */
const DESCRIPTION = String.raw`@(aws-sdk|smithy)/[^/]+/package\.json`;
/** Where a client of the SDK has the shapes of all of its operations. */
const SHAPES = String.raw`@aws-sdk/client-[^/]+/dist-es/schemas/schemas_0\.js`;
const REPLACED_PATHS = [...REPLACED.keys()].map((path) => path.replaceAll('.', '\\.'));
/** What is read here; all other modules are read by esbuild itself, which is far quicker. */
const FILTER = new RegExp(`/node_modules/(${[...REPLACED_PATHS, DESCRIPTION, SHAPES].join('|')})$`);

/**
 * The shapes with `{ httpChecksum: … }` where they have `{ [_hC]: … }`: what a computed key may do keeps esbuild from leaving
 * out the operations that nobody calls.
 */
function withPlainKeys(shapes: string): string {
  const texts = new Map([...shapes.matchAll(/^const (_\w+) = (".*");$/gm)].map(([, name, text]) => [name, text]));
  return shapes.replace(/\[(_\w+)\]:/g, (key, name) => (texts.has(name) ? `${texts.get(name)}:` : key));
}

/** What stands in for a module. @param inside its path in the innermost node_modules */
function replacementOf(inside: string, path: string): OnLoadResult {
  const file = REPLACED.get(inside);
  const read = () => readFileSync(path, 'utf8');
  if (file !== undefined) {
    const contents = readFileSync(join(import.meta.dirname, 'replacements', file), 'utf8');
    return { contents, loader: file.endsWith('.ts') ? 'ts' : 'js', resolveDir: dirname(path) };
  }
  if (inside.endsWith('.json'))
    return { contents: JSON.stringify({ version: JSON.parse(read()).version }), loader: 'json' };
  return { contents: withPlainKeys(read()), loader: 'js' };
}

/** Those that no bundle of this process had: after an update of a package they replace nothing, and what they replaced is back. */
export const unused = new Set(REPLACED.keys());

/** Leaves out of a bundle what Lambda has no use for, more than half of it. */
export const replacements: Plugin = {
  name: 'replacements',
  setup({ onLoad }) {
    onLoad({ filter: FILTER }, ({ path }) => {
      const inside = path.slice(path.lastIndexOf('/node_modules/') + '/node_modules/'.length);
      unused.delete(inside);
      return replacementOf(inside, path);
    });
  },
};
