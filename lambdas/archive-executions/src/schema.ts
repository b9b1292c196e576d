import { executionRowSchema } from '@goal-activity/core/schema.ts';

/** A batch of the stream of workflow-executions; what one record holds is checked record by record. */
export const inputSchema = {
  type: 'object',
  properties: { Records: { type: 'array', items: { type: 'object' } } },
  required: ['Records'],
} as const;

/** What every record of a stream has. */
export const streamRecordSchema = {
  type: 'object',
  properties: {
    eventName: { type: 'string' },
    /** On deletes by TTL alone. */
    userIdentity: {
      type: 'object',
      properties: { type: { type: 'string' }, principalId: { type: 'string' } },
    },
    dynamodb: {
      type: 'object',
      properties: {
        SequenceNumber: { type: 'string', minLength: 1 },
        Keys: {
          type: 'object',
          properties: { sk: { type: 'object', properties: { S: { type: 'string' } } } },
        },
        OldImage: { type: 'object' },
      },
      required: ['SequenceNumber', 'Keys'],
    },
  },
  required: ['eventName', 'dynamodb'],
} as const;

/** What the archive must know of a record to file it; the rest is kept as it is. */
export const archivableSchema = {
  type: 'object',
  properties: {
    executionArn: executionRowSchema.properties.executionArn,
    goalId: executionRowSchema.properties.goalId,
    name: { type: 'string', minLength: 1 },
    startedAt: executionRowSchema.properties.startedAt,
  },
  required: ['executionArn', 'goalId', 'name', 'startedAt'],
} as const;

/** Lambda delivers the named records again, and those after the first of them. */
export const outputSchema = {
  type: 'object',
  properties: {
    batchItemFailures: {
      type: 'array',
      items: {
        type: 'object',
        properties: { itemIdentifier: { type: 'string' } },
        required: ['itemIdentifier'],
        additionalProperties: false,
      },
    },
  },
  required: ['batchItemFailures'],
  additionalProperties: false,
} as const;
