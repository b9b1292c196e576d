import { core, type Edit, type Mutant } from './mutant.ts';

const archiver = (from: string, to: string, name = 'archive-executions'): Edit => ({
  file: `archive-executions/src/${name}.ts`,
  from,
  to,
});

/** What keeps the archive complete and true, taken away one at a time. */
export const ARCHIVE: Readonly<Record<string, Mutant>> = {
  'a record leaves the index before its object is written': {
    edits: [
      archiver(
        'const written = await put(',
        'await leaveIndex(executions, executionArn);\n  const written = await put(',
      ),
    ],
    scenario: 'archive-end',
    breaks: 'left-the-index-unarchived',
  },
  'a record leaves the index though its object could not be written': {
    edits: [archiver("describeError(thrown).name === 'PreconditionFailed'", 'describeError(thrown).name', 'bucket')],
    scenario: 'two-archivers',
    breaks: 'left-the-index-unarchived',
  },
  'a record leaves the index whatever has become due of it': {
    edits: [
      core('execution/due', "condition: '#runningShard = :unarchived'", "condition: 'attribute_exists(#runningShard)'"),
    ],
    scenario: 'archive-given-back',
    breaks: 'left-the-index-while-due',
  },
  'the archiver takes what is left to the sweep': {
    edits: [
      archiver('record?.runningShard !== UNARCHIVED_SHARD', 'record === undefined'),
      core('execution/records', 'indexPages(UNARCHIVED_SHARD, pageSize)', 'indexPages(RUNNING_SHARD, pageSize)'),
    ],
    scenario: 'archive-end',
    breaks: 'archived-while-running',
  },
  'the archiver acts on what the index says': {
    edits: [archiver('record?.runningShard !== UNARCHIVED_SHARD', 'record === undefined')],
    scenario: 'archive-given-back',
    breaks: 'archived-otherwise',
  },
  'metrics are given back, but not to the sweep': {
    edits: [core('execution/due', "{ metrics: 'pending', runningShard: RUNNING_SHARD }", "{ metrics: 'pending' }")],
    scenario: 'archive-given-back',
    breaks: 'never-reported',
  },
  'a record is handed to the archiver before people are told': {
    edits: [core('execution/due', "notify: '#notify IN (:none, :sent)'", "notify: 'attribute_exists(#notify)'")],
    scenario: 'archive-sweep',
    breaks: 'archived-otherwise',
  },
  'an object is written again': {
    edits: [archiver("        IfNoneMatch: '*',\n", '', 'bucket')],
    scenario: 'archive-given-back',
    breaks: 'object-replaced',
    maskedBy: {
      barrier: 'what an object says does not change once the record is handed to the archiver',
      edits: [archiver("'runningShard', 'metricsBy',", "'runningShard',")],
    },
  },
};
