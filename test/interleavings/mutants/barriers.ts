import { core, type Edit, type Mutant } from './mutant.ts';

const STEPS = ['get-actions', 'create-batches', 'update-progress', 'aggregate-results'] as const;
/** Where cancel and saves alone are interleaved. */
const CANCEL_AND_SAVE = [...STEPS, 'update-goal-status', 'handle-error'] as const;

const saveAnyway: Edit = {
  file: 'save-tasks/src/save-tasks.ts',
  from: "'#outcome = :before AND #actionId = :actionId'",
  to: "'(#outcome = :before OR #outcome <> :before) AND #actionId = :actionId'",
};

/** What keeps a rule, taken away one at a time. */
export const BARRIERS: Readonly<Record<string, Mutant>> = {
  'a save does not look whether its action is pending': {
    edits: [saveAnyway],
    scenario: 'save-cancel',
    breaks: 'illegal-outcome',
  },
  'a cancel does not fence pending actions': {
    edits: [
      core('execution/cancel', 'const pending = outcomes.filter(isPending);', 'const pending: typeof outcomes = [];'),
    ],
    scenario: 'save-cancel',
    bounds: { atomic: CANCEL_AND_SAVE },
    breaks: 'task-of-ended-execution',
  },
  'a cancel looks once at what there is to take back': {
    edits: [core('execution/cancel', 'if (isClear && ', 'if (round > 1 || isClear && ')],
    scenario: 'save-cancel',
    bounds: { atomic: CANCEL_AND_SAVE },
    breaks: 'cancelled-with-tasks',
  },
  'whoever settles does not see a cancel': {
    edits: [
      core(
        'execution/records',
        "'#status = :running AND attribute_not_exists(cancelRequestedAt)'",
        "'#status = :running'",
      ),
    ],
    scenario: 'settle-cancel',
    breaks: 'cancel-overruled',
  },
  'a settlement does not fence pending actions': {
    edits: [
      core(
        'execution/settle',
        'await executions.endPending(executionArn, found.outcomes, () => cutOff)',
        'found.outcomes',
      ),
    ],
    scenario: 'timeout-retry',
    breaks: 'task-of-ended-execution',
  },
  'a settlement does not look whether the goal is its own': {
    edits: [
      core(
        'execution/settle',
        "condition: '#status = :processing AND executionArn = :executionArn',",
        "condition: '(#status = :processing OR #status <> :processing) AND (executionArn = :executionArn OR executionArn <> :executionArn)',",
      ),
    ],
    scenario: 'all-failed',
    bounds: { atomic: [...STEPS, 'retry-workflow', 'validate-input', 'save-tasks'] },
    breaks: 'running-without-goal',
    maskedBy: {
      barrier: 'a settled record is not settled again, and a goal is held for as long as its record is open',
      edits: [core('execution/settle', 'condition = OPEN', "condition = 'attribute_exists(executionArn)'")],
    },
  },
  'a claim does not look whether the goal was changed': {
    edits: [
      core(
        'execution/claim',
        "'version = :version AND #status = :before'",
        "'(version = :version OR version <> :version) AND (#status = :before OR #status <> :before)'",
      ),
    ],
    scenario: 'two-starts',
    breaks: 'two-202',
    maskedBy: {
      barrier: 'the record of a claim must be new, and its name follows from the attempt',
      edits: [core('execution/claim', "'attribute_not_exists(executionArn)'", "'attribute_not_exists(nothing)'")],
    },
  },
  'a claim is taken back though its execution runs': {
    edits: [core('execution/claim', '`${OPEN} AND attribute_not_exists(confirmedAt)`', 'OPEN')],
    scenario: 'two-starts-denied',
    breaks: '200-without-record-at-the-end',
  },
  'a claim of another start is taken back since DescribeExecution is behind': {
    edits: [core('workflow/start', 'if (found === undefined && !isOwn) throw startDelayed();', '')],
    scenario: 'stale-start',
    bounds: { stales: 1, faults: 0 },
    breaks: '202-without-record-at-the-end',
  },
  'a claim is settled as never started since DescribeExecution is behind': {
    edits: [core('workflow/repair', "if (description === undefined && state === 'not confirmed') return record;", '')],
    scenario: 'stale-read',
    bounds: { stales: 1, events: 0 },
    breaks: 'never-started',
  },
  'the sweep acts on what the index says (masked: every write of a repair has its condition)': {
    edits: [
      {
        file: 'reconcile-executions/src/reconcile-executions.ts',
        from: 'const record = await executions.get(String(row.executionArn));',
        to: "const record = parse(executionRow, row, 'An execution row');",
      },
    ],
    scenario: 'lagging-index',
    breaks: 'two-alerts',
    isMasked: true,
  },
  'every sender takes the lease': {
    edits: [
      core(
        'report/alert',
        '(attribute_not_exists(notifyClaimedAt) OR notifyClaimedAt < :expired)',
        '(:expired = :expired)',
      ),
    ],
    scenario: 'leases',
    breaks: 'two-alerts',
  },
  'a claim whose start died is never started': {
    edits: [
      core(
        'workflow/repair',
        "record.confirmedAt === undefined && age(record.startedAt) > startGraceMs ? 'not confirmed' : 'fresh'",
        "'fresh'",
      ),
    ],
    scenario: 'start-dies',
    breaks: 'never-started',
  },
  'an execution runs though its claim is not open': {
    edits: [
      {
        file: 'validate-input/src/validate-input.ts',
        from: 'if (!isNoted &&',
        to: 'if (!isNoted && false &&',
      },
    ],
    scenario: 'start-cancel',
    breaks: 'illegal-outcome',
    maskedBy: { barrier: 'a cancelled action takes no save', edits: [saveAnyway] },
  },
  'slots have no limit': {
    edits: [
      core(
        'goal/slots',
        "'attribute_not_exists(executions) OR size(executions) < :maxRunning'",
        "'attribute_not_exists(executions) OR size(executions) < :maxRunning OR size(executions) >= :maxRunning'",
      ),
    ],
    scenario: 'slots-three',
    breaks: 'too-many-slots',
  },
  'slots of running executions are freed': {
    edits: [core('goal/slots', 'running[index] === false', 'running[index] !== undefined')],
    scenario: 'slots-three',
    breaks: 'running-without-slot',
  },
  'what the machine has told is told again': {
    edits: [core('report/alert', "new Set(['WorkflowFailed', 'AlreadySettled'])", "new Set(['AlreadySettled'])")],
    scenario: 'all-failed',
    breaks: 'two-alerts',
  },
  'what the machine still may tell is told by the sweep': {
    edits: [
      core(
        'report/report',
        'if (description !== undefined && endedStatus(description.status) === undefined) return;',
        '',
      ),
    ],
    scenario: 'notify-sweep',
    breaks: 'two-alerts',
  },
  'a record leaves the index before people are told': {
    edits: [core('execution/due', "notify: '#notify IN (:none, :sent)'", "notify: 'attribute_exists(#notify)'")],
    scenario: 'event-sweep-status',
    bounds: { faults: 1, modes: ['crashBefore', 'fail'] },
    breaks: 'never-reported',
  },
  'a save whose answer was lost counts as failed (masked: counts come from the rows of the actions)': {
    edits: [
      {
        file: 'update-progress/src/update-progress.ts',
        from: "row === undefined || row.outcome === 'PENDING' ? 'FAILED' : row.outcome",
        to: "'FAILED'",
      },
    ],
    scenario: 'save-cancel',
    bounds: { faults: 1, modes: ['lost'], retries: 0 },
    breaks: 'goal-status',
    isMasked: true,
  },
  'a cancel makes a draft of a goal that has tasks': {
    edits: [core('execution/cancel', "return before === 'partial' ? 'partial' : 'draft'", "return 'draft'")],
    scenario: 'retry-cancel',
    breaks: 'goal-status',
  },
  'a cancel settles what is settled': {
    edits: [
      core(
        'execution/cancel',
        "'#status = :running AND attribute_exists(cancelRequestedAt)'",
        "'attribute_exists(cancelRequestedAt)'",
      ),
    ],
    scenario: 'save-two-cancels',
    breaks: 'settled-record-changed',
  },
  'metrics are written by whoever comes': {
    edits: [
      core(
        'execution/due',
        "'(#metrics = :pending OR #metricsBy = :metricsBy)'",
        "'(#metrics = :pending OR #metrics <> :pending)'",
      ),
    ],
    scenario: 'event-sweep-status',
    breaks: 'counted-twice',
  },
  'progress falls': {
    edits: [
      core('execution/progress', "'processedActions <= :processedActions'", "':processedActions = :processedActions'"),
    ],
    scenario: 'two-batches',
    breaks: 'progress-falls',
  },
  'an action is changed while an execution begins': {
    edits: [
      {
        file: 'goals/src/change-action.ts',
        from: "'attempt = :attempt AND #status <> :processing'",
        to: "'attempt = :attempt OR attempt <> :attempt OR #status = :processing'",
      },
    ],
    scenario: 'start-change',
    breaks: 'task-of-other-text',
  },
};
