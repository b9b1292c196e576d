import { expect } from 'chai';
import { dev, fieldOf, jsonOf, reference, resourceOf, resourcesOf } from './synthesized.ts';

const mapping = resourceOf(dev, 'aws_lambda_event_source_mapping', 'archive_stream_mapping');

describe('stream to the archive', () => {
  it('goes from the executions’ stream to the live archive-executions, and is the only one', () => {
    expect(Object.keys(resourcesOf(dev, 'aws_lambda_event_source_mapping'))).to.deep.equal(['archive_stream_mapping']);
    expect(mapping).to.include({
      event_source_arn: reference('aws_dynamodb_table.tables_workflow_executions.stream_arn'),
      function_name: reference('aws_lambda_alias.archive_executions_live.arn'),
      starting_position: 'TRIM_HORIZON',
    });
  });

  it('lets through the EXECUTION rows that TTL deleted, and nothing that a person or a Lambda deleted', () => {
    const filters = fieldOf(mapping.filter_criteria, 'filter');
    if (!Array.isArray(filters)) throw new Error('no filters');
    expect(filters.map((filter: unknown) => jsonOf(fieldOf(filter, 'pattern')))).to.deep.equal([
      {
        eventName: ['REMOVE'],
        userIdentity: { type: ['Service'], principalId: ['dynamodb.amazonaws.com'] },
        dynamodb: { Keys: { sk: { S: ['EXECUTION'] } } },
      },
    ]);
  });

  it('tries a failed record again alone, and gives it up before the stream forgets it', () => {
    expect(mapping).to.include({
      bisect_batch_on_function_error: true,
      maximum_retry_attempts: 50,
      maximum_record_age_in_seconds: 43_200,
    });
    expect(mapping.function_response_types).to.deep.equal(['ReportBatchItemFailures']);
    expect(Number(mapping.maximum_record_age_in_seconds)).to.be.below(24 * 60 * 60);
  });

  it('keeps what it gave up in a queue of its own', () => {
    expect(mapping.destination_config).to.deep.equal({
      on_failure: { destination_arn: reference('aws_sqs_queue.archive_dead_letters_queue.arn') },
    });
  });
});
