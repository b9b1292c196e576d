import { BudgetsBudget } from '@cdktf/provider-aws/lib/budgets-budget/index.js';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';

/** Shares of the budget in percent, at each of which a mail is sent. */
const THRESHOLDS = [80, 100];

/**
 * A monthly budget of the account, with a mail to `alertEmails` when so much of it is spent. Of the whole account: costs by tag are seen
 * only once somebody has activated the tags in the account that pays, and a budget of tags that nobody activated never speaks.
 */
export function makeBudget(scope: Construct, { prefix, settings }: StageConfig, monthlyUsd: number): void {
  new BudgetsBudget(scope, 'budget', {
    name: prefix,
    accountId: settings.account,
    budgetType: 'COST',
    timeUnit: 'MONTHLY',
    limitAmount: String(monthlyUsd),
    limitUnit: 'USD',
    notification: THRESHOLDS.map((threshold) => ({
      notificationType: 'ACTUAL',
      comparisonOperator: 'GREATER_THAN',
      threshold,
      thresholdType: 'PERCENTAGE',
      subscriberEmailAddresses: settings.alertEmails,
    })),
  });
}
