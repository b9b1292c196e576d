import { parse } from '@goal-activity/core/aws/boundary.ts';
import { TransientError } from '@goal-activity/core/errors.ts';
import { errorFields } from '@goal-activity/core/log/logger.ts';
import { executionRow } from '@goal-activity/core/validators.generated.js';
import type { FromSchema } from 'json-schema-to-ts';
import type { outputSchema } from './schema.ts';
import { needsSweep, type SweepTools, sweep } from './sweep.ts';

/** Repairs at once: each may ask Step Functions, which answers about ten DescribeExecution a second. */
const AT_ONCE = 5;

/**
 * The sweep (rule 4): repairs every open execution that is stale, and does what is due of settled ones. One failing repair
 * does not stop the others.
 * @throws TransientError at the end, if any failed: Lambda invokes again, and the alarm on errors sees it
 */
export async function reconcileExecutions(tools: SweepTools): Promise<FromSchema<typeof outputSchema>> {
  const { executions, log } = tools;
  let open = 0;
  let repaired = 0;
  const failures: unknown[] = [];

  async function reconcile(row: Readonly<Record<string, unknown>>) {
    try {
      if (!needsSweep(parse(executionRow, row, 'An execution row'), tools)) return;
      // The index may be behind: only what the table says is acted upon.
      const record = await executions.get(String(row.executionArn));
      if (record === undefined || !needsSweep(record, tools)) return;
      await sweep(tools, record);
      repaired += 1;
    } catch (thrown) {
      failures.push(thrown);
      log.error('repair failed', { executionArn: String(row.executionArn), ...errorFields(thrown) });
    }
  }

  for await (const rows of executions.openPages()) {
    open += rows.length;
    for (let start = 0; start < rows.length; start += AT_ONCE) {
      await Promise.all(rows.slice(start, start + AT_ONCE).map(reconcile));
    }
  }
  if (failures.length > 0) {
    throw new TransientError(`${failures.length} of ${repaired + failures.length} repairs failed`, {
      cause: failures[0],
    });
  }
  return { open, repaired };
}
