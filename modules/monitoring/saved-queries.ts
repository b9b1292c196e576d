import { CloudwatchQueryDefinition } from '@cdktf/provider-aws/lib/cloudwatch-query-definition/index.js';
import { Construct } from 'constructs';
import { LAMBDAS, type LambdaName } from '../workflow/function-table.ts';
import type { Lambdas } from '../workflow/published-function.ts';

/** A query and the Lambdas whose logs it asks; all of them, and the state machine, unless told. */
interface Query {
  readonly name: string;
  readonly lambdas?: readonly LambdaName[];
  readonly text: string;
}

/** What stands in a query where on-call puts the execution's ARN. */
const EXECUTION_ARN_HERE = 'PASTE-THE-EXECUTION-ARN-HERE';

/**
 * The questions of the runbooks. Fields are those of lambdas/core/src/log/logger.ts, those of Lambda's own lines in JSON
 * (`type`, `record`), and those of Step Functions' transition logs (`execution_arn`, `details`).
 */
const QUERIES: readonly Query[] = [
  {
    /** Our own error lines, and Lambda's report of what our code could not log: a timeout or a crash. */
    name: 'errors-by-function',
    text: `fields coalesce(function, @log) as source, coalesce(errorName, record.status) as error
| filter level = "error" or (type = "platform.report" and record.status in ["timeout", "failure"])
| stats count(*) as errors, latest(errorMessage) as lastMessage, max(@timestamp) as lastAt by source, error
| sort errors desc`,
  },
  {
    name: 'slowest-ai-calls',
    lambdas: ['generate-tasks'],
    text: `fields @timestamp, durationMs, inputTokens, outputTokens, modelId, goalId, actionId, executionArn
| filter message = "AI answered"
| sort durationMs desc
| limit 50`,
  },
  {
    /** How long an action took, what was usual then, and what else the execution suffered from. */
    name: 'slow-executions',
    text: `fields @timestamp, actionMs, usualActionMs, actionMs / usualActionMs as times, totalActions, failedActions, durationMs, advice, goalId, executionArn
| filter message = "execution was slow or failing" and code = "slower_than_usual"
| sort @timestamp desc
| limit 100`,
  },
  {
    /** The state machine's line of a transition and the functions' lines, in order. */
    name: 'story-of-an-execution',
    text: `fields @timestamp, coalesce(function, type) as what, coalesce(message, details.name) as happened, position, attempt, outcome, goalStatus, durationMs, errorName, errorMessage
| filter executionArn = "${EXECUTION_ARN_HERE}" or execution_arn = "${EXECUTION_ARN_HERE}"
| sort @timestamp asc
| limit 10000`,
  },
  {
    /** An action is tried up to four times: attempts are lines, actions are told apart by execution and id. */
    name: 'failed-actions-by-reason',
    lambdas: ['generate-tasks', 'save-tasks'],
    text: `fields concat(executionArn, " ", actionId) as action
| filter message = "step failed"
| stats count(*) as attempts, count_distinct(action) as actions, latest(errorMessage) as lastMessage by function, errorName
| sort actions desc`,
  },
];

/** Logs Insights queries that on-call finds under Queries, in a folder of the stage's name. */
export function saveQueries(scope: Construct, folder: string, lambdas: Lambdas, workflowLogs: string): void {
  const parent = new Construct(scope, 'queries');
  const groupsOf = (names: readonly LambdaName[]) => names.map((name) => lambdas[name].logGroup.name);
  for (const { name, lambdas: asked, text } of QUERIES) {
    new CloudwatchQueryDefinition(parent, name, {
      name: `${folder}/${name}`,
      logGroupNames: asked === undefined ? [...groupsOf(LAMBDAS), workflowLogs] : groupsOf(asked),
      queryString: text,
    });
  }
}
