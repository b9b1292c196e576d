/** The parts of winston and logform that are imported one by one, because their index files pull in every transport. */
declare module 'winston/lib/winston/create-logger.js' {
  import { createLogger } from 'winston';
  export default createLogger;
}
declare module 'logform/format.js' {
  import { format } from 'logform';
  export default format;
}
