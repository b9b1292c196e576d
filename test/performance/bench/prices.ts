/**
 * AWS's list prices in US dollars for the region us-east-1 (others cost up to a third more), as of 2026-11-27. Sources: the pricing
 * pages of AWS Step Functions (Standard workflows), AWS Lambda (Arm), Amazon DynamoDB (on-demand capacity) and Amazon API Gateway
 * (HTTP APIs). The AI's prices are settings of a stage (modules/settings.json) and in the status answer.
 */
export const PRICES = {
  transition: 0.025 / 1_000,
  lambdaRequest: 0.2 / 1_000_000,
  lambdaGigabyteSecond: 0.000_013_333_4,
  dynamoDbReadUnit: 0.125 / 1_000_000,
  dynamoDbWriteUnit: 0.625 / 1_000_000,
  apiRequest: 1 / 1_000_000,
} as const;
