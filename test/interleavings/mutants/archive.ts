import type { Mutant } from './mutant.ts';

/** What keeps the archive complete and true, taken away one at a time. */
export const ARCHIVE: Readonly<Record<string, Mutant>> = {
  'a record leaves the index before its object is written': {
    file: 'archive-executions/src/archive-executions',
    from: 'const written = await put(',
    to: 'await leaveIndex(executions, executionArn);\n  const written = await put(',
    scenario: 'archive-end',
    breaks: 'left-the-index-unarchived',
  },
  'a record leaves the index though its object could not be written': {
    file: 'archive-executions/src/bucket',
    from: "describeError(thrown).name === 'PreconditionFailed'",
    to: 'describeError(thrown).name',
    scenario: 'two-archivers',
    breaks: 'left-the-index-unarchived',
  },
  'a record leaves the index whatever has become due of it': {
    file: 'core/src/execution/due',
    from: "condition: 'begins_with(#runningShard, :unarchived)'",
    to: "condition: 'attribute_exists(#runningShard)'",
    scenario: 'archive-given-back',
    breaks: 'left-the-index-while-due',
  },
  'the archiver takes what is left to the sweep': {
    file: 'archive-executions/src/archive-executions',
    from: 'record === undefined || !isIn(UNARCHIVED, record)',
    to: 'record === undefined',
    and: {
      file: 'core/src/execution/records',
      from: 'pages(UNARCHIVED, pageSize)',
      to: 'pages(RUNNING, pageSize)',
    },
    scenario: 'archive-end',
    breaks: 'archived-while-running',
  },
  'the archiver acts on what the index says': {
    file: 'archive-executions/src/archive-executions',
    from: 'record === undefined || !isIn(UNARCHIVED, record)',
    to: 'record === undefined',
    scenario: 'archive-given-back',
    breaks: 'archived-otherwise',
  },
  'metrics are given back, but not to the sweep': {
    file: 'core/src/execution/due',
    from: "{ metrics: 'pending', runningShard: shardOf(RUNNING, executionArn) }",
    to: "{ metrics: 'pending' }",
    scenario: 'archive-given-back',
    breaks: 'never-reported',
  },
  'a record is handed to the archiver before people are told': {
    file: 'core/src/execution/due',
    from: "notify: '#notify IN (:none, :sent)'",
    to: "notify: 'attribute_exists(#notify)'",
    scenario: 'archive-sweep',
    breaks: 'archived-otherwise',
  },
  'an object is written again': {
    file: 'archive-executions/src/bucket',
    from: "        IfNoneMatch: '*',\n",
    to: '',
    scenario: 'archive-given-back',
    breaks: 'object-replaced',
    maskedBy: {
      barrier: 'what an object says does not change once the record is handed to the archiver',
      file: 'archive-executions/src/archive-executions',
      from: "  'metricsBy',\n",
      to: '',
    },
  },
};
