import type { Edit, Mutant } from './mutant.ts';

const invocation = new URL('../stand-ins/invocation.ts', import.meta.url).href;

/** A step that Step Functions gave up writes to the record whatever state it is in. */
const entersAnyState: Edit = {
  file: 'core/src/execution/records',
  from: "condition: 'currentState = :before'",
  to: "condition: ':before = :before'",
};

/** Mends that an exploration had asked for, taken back one at a time. */
export const MENDS: Readonly<Record<string, Mutant>> = {
  'the lost alert: a record leaves the index when the machine is to tell people': {
    file: 'core/src/execution/settle',
    from: 'set: fields,',
    to: "set: fields,\n    remove: fields.notify === 'machine' ? ['runningShard'] : [],",
    scenario: 'settle-timeout-sweep',
    breaks: 'no-alert',
  },
  'the two cancels: one settles while the other removes tasks': {
    file: 'core/src/execution/cancel',
    from: 'if (isClear && !tasks.some(isLeft)) return',
    to: 'if (isClear) return',
    scenario: 'torn-cancel',
    breaks: 'cancel-200-with-task',
  },
  'the two alerts: a lease is stamped with an earlier time than that at which it is taken': {
    file: 'core/src/report/alert',
    from: "import { randomUUID } from 'node:crypto';",
    to: `import { randomUUID } from 'node:crypto';\nimport { currentInvocation } from '${invocation}';`,
    and: {
      file: 'core/src/report/alert',
      from: 'const takenAt = executions.now();',
      to: 'const takenAt = new Date(currentInvocation().startedAt);',
    },
    scenario: 'leases-late',
    breaks: 'two-alerts',
  },
  'the two alerts: a publish may take longer than a lease': {
    file: 'core/src/report/alert',
    from: '{ ...CLIENT_LIMITS, attempts: 2 }',
    to: '{ ...CLIENT_LIMITS, requestMs: 900_000, attempts: 2 }',
    scenario: 'leases',
    bounds: { atomic: ['handle-error'] },
    breaks: 'two-alerts',
  },
  'the vanishing execution: a start answers with a claim that is taken back': {
    file: 'core/src/workflow/start',
    from: "(state === 'started' && (await confirm()))",
    to: "state === 'started'",
    scenario: 'two-starts-denied',
    breaks: '200-without-record-at-the-end',
  },
  'the late CreateBatches: it sets the counts of a record back': {
    ...entersAnyState,
    scenario: 'late-steps',
    bounds: { faults: 1, modes: ['orphan'] },
    breaks: 'progress-falls',
  },
  'the late steps: they set the state of a record back': {
    ...entersAnyState,
    scenario: 'late-steps',
    bounds: { modes: ['orphan'] },
    breaks: 'state-goes-back',
  },
};
