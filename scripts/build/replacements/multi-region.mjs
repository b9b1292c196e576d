import { SignatureV4SignWithCredentials } from './SignatureV4SignWithCredentials';

// The archive's bucket is in one region: version 4a of the signature, for several, is never asked for.
export class SignatureV4MultiRegion extends SignatureV4SignWithCredentials {
  static sigv4aDependency() {
    return 'none';
  }
}
