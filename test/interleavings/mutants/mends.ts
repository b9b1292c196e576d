import { core, type Mutant } from './mutant.ts';

const invocation = new URL('../stand-ins/invocation.ts', import.meta.url).href;

/** A step that Step Functions gave up writes to the record whatever state it is in. */
const entersAnyState = core(
  'execution/records',
  "condition: 'currentState = :before'",
  "condition: ':before = :before'",
);

/** Mends that an exploration had asked for, taken back one at a time. */
export const MENDS: Readonly<Record<string, Mutant>> = {
  'the lost alert: a record leaves the index when the machine is to tell people': {
    edits: [
      core(
        'execution/settle',
        'set: fields,',
        "set: fields,\n    remove: fields.notify === 'machine' ? ['runningShard'] : [],",
      ),
    ],
    scenario: 'settle-timeout-sweep',
    breaks: 'no-alert',
  },
  'the two cancels: one settles while the other removes tasks': {
    edits: [
      core(
        'execution/cancel',
        'if (isClear && !(await hasOwnTask())) return outcomes;',
        'if (isClear) return outcomes;',
      ),
    ],
    scenario: 'torn-cancel',
    breaks: 'cancel-200-with-task',
  },
  'the two alerts: a lease is stamped with an earlier time than that at which it is taken': {
    edits: [
      core(
        'report/alert',
        "import { randomUUID } from 'node:crypto';",
        `import { randomUUID } from 'node:crypto';\nimport { currentInvocation } from '${invocation}';`,
      ),
      core(
        'report/alert',
        'const takenAt = executions.now();',
        'const takenAt = new Date(currentInvocation().startedAt);',
      ),
    ],
    scenario: 'leases-late',
    breaks: 'two-alerts',
  },
  'the two alerts: a publish may take longer than a lease': {
    edits: [
      core(
        'report/alert',
        '{ ...CLIENT_LIMITS, attempts: 2 }',
        '{ ...CLIENT_LIMITS, requestMs: 900_000, attempts: 2 }',
      ),
    ],
    scenario: 'leases',
    bounds: { atomic: ['handle-error'] },
    breaks: 'two-alerts',
  },
  'the vanishing execution: a start answers with a claim that is taken back': {
    edits: [core('workflow/start', "(state === 'started' && (await confirm()))", "state === 'started'")],
    scenario: 'two-starts-denied',
    breaks: '200-without-record-at-the-end',
  },
  'the late CreateBatches: it sets the counts of a record back': {
    edits: [entersAnyState],
    scenario: 'late-steps',
    breaks: 'progress-falls',
  },
  'the late steps: they set the state of a record back': {
    edits: [entersAnyState],
    scenario: 'late-steps',
    bounds: { modes: ['orphan'] },
    breaks: 'state-goes-back',
  },
};
