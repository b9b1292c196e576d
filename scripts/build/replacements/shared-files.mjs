export { CONFIG_PREFIX_SEPARATOR } from './constants';

/** There is no ~/.aws on Lambda: each setting that the environment lacks has its default, without a look at the disk. */
export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });
