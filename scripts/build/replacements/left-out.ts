/** Ways of the SDK that nobody takes on Lambda: whoever is led into one by a setting fails with its name, in the first test. */
function leftOut(): never {
  throw new Error('this part of the SDK is not in the bundles: see scripts/build/replacements.ts');
}

export {
  /** Checksums of an object in S3 that are not the default. */
  leftOut as Crc32cJs,
  leftOut as Crc64Nvme,
  leftOut as Md5Js,
  leftOut as Sha1Js,
  /** Objects in S3 that are streams. */
  leftOut as createBufferedReadable,
  leftOut as createChecksumStream,
  leftOut as getAwsChunkedEncodingStream,
  leftOut as sdkStreamMixin,
  /** For AWS_RETRY_MODE=adaptive. */
  leftOut as AdaptiveRetryStrategy,
  /** A token for Bedrock from a profile on a developer's machine. */
  leftOut as fromSso,
  /** For AWS_DEFAULTS_MODE=auto where AWS_REGION is missing. */
  leftOut as getInstanceMetadataRegion,
  /** For a Node without crypto. */
  leftOut as Sha256Js,
};
