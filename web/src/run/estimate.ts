import type { ListedExecution } from '@goal-activity/client/types.ts';

/** The workflow asks the AI for 3 batches of 8 actions at a time (requirement 2). */
const IN_FLIGHT = 24;
/** What the API assumes for a call before it has measured one (`estimatedSecondsRemaining`). */
const SECONDS_PER_CALL = 15;
/**
 * Tokens of a usual action: the prompt with the goal around it, and four to six tasks. Prices are those of the model
 * in use, USD for a million tokens. Only used while there is no run of this person to go by.
 */
const USUAL_USD_PER_ACTION = (900 * 3 + 500 * 15) / 1_000_000;

type EarlierRun = Pick<ListedExecution, 'startDate' | 'stopDate' | 'savedActions' | 'totalActions' | 'cost'>;

/** Estimates time and cost of a run by the last run that saved tasks (then it `isMeasured`), else by what is usual. */
export function estimateRun(actionCount: number, earlier: readonly EarlierRun[] = []) {
  const rounds = Math.ceil(actionCount / IN_FLIGHT);
  const measured = earlier.find(({ stopDate, savedActions }) => stopDate !== null && savedActions > 0);
  if (measured?.stopDate == null) {
    return { seconds: rounds * SECONDS_PER_CALL, usd: actionCount * USUAL_USD_PER_ACTION, isMeasured: false };
  }
  const lasted = (Date.parse(measured.stopDate) - Date.parse(measured.startDate)) / 1000;
  const secondsPerRound = lasted / Math.max(1, Math.ceil(measured.totalActions / IN_FLIGHT));
  return {
    seconds: Math.max(1, Math.ceil(rounds * secondsPerRound)),
    usd: (measured.cost.estimatedUsd / measured.savedActions) * actionCount,
    isMeasured: true,
  };
}
