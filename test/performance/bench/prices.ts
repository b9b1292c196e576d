/**
 * AWS's list prices in US dollars for the region us-east-1 (others cost up to a third more), as of 2026-11-27:
 * https://aws.amazon.com/step-functions/pricing/ (Standard workflows), https://aws.amazon.com/lambda/pricing/ (Arm),
 * https://aws.amazon.com/dynamodb/pricing/on-demand/ and https://aws.amazon.com/api-gateway/pricing/ (HTTP APIs). The AI's prices are
 * settings of a stage (modules/settings.json) and in the status answer.
 */
export const PRICES = {
  transition: 0.025 / 1_000,
  lambdaRequest: 0.2 / 1_000_000,
  lambdaGigabyteSecond: 0.000_013_333_4,
  dynamoDbReadUnit: 0.125 / 1_000_000,
  dynamoDbWriteUnit: 0.625 / 1_000_000,
  apiRequest: 1 / 1_000_000,
} as const;
