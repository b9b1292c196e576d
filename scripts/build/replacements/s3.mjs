export { getCheckContentLengthHeaderPlugin } from './middleware-check-content-length-header/check-content-length-header';
export { getAddExpectContinuePlugin } from './middleware-expect-continue/middleware-expect-continue';
export { getLocationConstraintPlugin } from './middleware-location-constraint/middleware-location-constraint';
export { getS3ExpiresMiddlewarePlugin } from './middleware-s3-expires/s3-expires-middleware';
export { NODE_DISABLE_S3_EXPRESS_SESSION_AUTH_OPTIONS } from './middleware-s3-express/constants';
export { getThrow200ExceptionsPlugin } from './middleware-throw-200-exceptions/throw-200-exceptions';
export { getValidateBucketNamePlugin } from './middleware-validate-bucket-name/validate-bucket-name';
export { NODE_USE_ARN_REGION_CONFIG_OPTIONS } from './NodeUseArnRegionConfigOptions';
export { S3RestXmlProtocol } from './protocol/S3RestXmlProtocol';

// Without the sessions of S3 Express buckets, keys of the customer's, and buckets that turn out to be elsewhere.
const nothing = () => ({ applyToStack() {} });

export {
  nothing as getRegionRedirectMiddlewarePlugin,
  nothing as getS3ExpressHttpSigningPlugin,
  nothing as getS3ExpressPlugin,
  nothing as getSsecPlugin,
};

export const resolveS3Config = (config) =>
  Object.assign(config, {
    forcePathStyle: config.forcePathStyle ?? false,
    useAccelerateEndpoint: config.useAccelerateEndpoint ?? false,
    disableMultiregionAccessPoints: config.disableMultiregionAccessPoints ?? false,
    bucketEndpoint: config.bucketEndpoint ?? false,
    expectContinueHeader: config.expectContinueHeader ?? 2_097_152,
  });
