/** Where the old code is not the new name without its ending. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  MissingRequiredParameterException: 'MissingParameter',
  InternalServiceFault: 'InternalServiceError',
};

/** What CloudWatch refuses a call with. The SDK makes its exception class from `name`. */
export class CloudWatchError extends Error {
  override readonly name: string;
  readonly status: number;
  /** As the Query protocol named it, which clients of that time still look for. */
  readonly queryCode: string;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
    this.queryCode = QUERY_CODES[name] ?? name.replace(/Exception$/, '');
  }
}

export const invalidValue = (message: string) => new CloudWatchError('InvalidParameterValueException', message);
export const invalidCombination = (message: string) =>
  new CloudWatchError('InvalidParameterCombinationException', message);
export const missingParameter = (parameter: string) =>
  new CloudWatchError('MissingRequiredParameterException', `The parameter ${parameter} is required.`);
