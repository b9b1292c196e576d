import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as bedrock from '@aws-sdk/client-bedrock-runtime';
import type { ExecutionStatus, Outcome } from '@goal-activity/client/types.ts';
import { expect } from 'chai';
import { RETRIERS } from '../../../statemachine/retries.ts';
import { en } from '../i18n/en/en.ts';
import { ja } from '../i18n/ja/ja.ts';
import { failureKind, needsAdministrator } from './failures.ts';
import { isCancelled, resultOf } from './totals.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const read = (pattern: string) =>
  globSync(pattern, { cwd: ROOT }).map((path) => readFileSync(join(ROOT, path), 'utf8'));
const matchesIn = (sources: readonly string[], pattern: RegExp): string[] =>
  sources.flatMap((source) => [...source.matchAll(pattern)].map((match) => match[1] ?? ''));

const lambdas = read('lambdas/*/src/**/*.ts');
const steps = read('lambdas/{generate-tasks,save-tasks}/src/*.ts');

/** Where names of errors come from that an outcome, a run or its history may hold, each with what it writes there. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  'the classes of the Lambdas': matchesIn(read('lambdas/core/src/errors.ts'), /readonly name = '(\w+)'/g),
  'what the Lambdas write as an error': matchesIn(lambdas, /\b[eE]rror: (?:error \?\? )?'([\w.]+)'/g),
  'the ends that Step Functions does not explain': matchesIn(
    matchesIn(read('lambdas/core/src/execution/settle.ts'), /const CAUSES = \{([^}]+)\}/g),
    /(\w+):/g,
  ),
  'the states that fail': matchesIn(read('statemachine/definition.asl.json'), /"Error": "([\w.]+)"/g),
  'what the state machine repeats': Object.values(RETRIERS).flatMap(({ ErrorEquals }): string[] => [...ErrorEquals]),
  'the names that AWS and the local stack give': matchesIn(
    [...lambdas, ...read('local/aws/{lambda,step-functions}/**/*.ts')],
    /'((?:States|Lambda|Sandbox|Runtime|LocalStack)\.\w+)'/g,
  ),
};
/** Not of a run, or no error's name. */
const NO_NAMES = new Set(['Problem', 'States.ALL', 'Error']);
/** What these mean, their reason says. */
const BY_REASON = new Set(['TransientError', 'PermanentError']);

/** Kinds that say no more than that something went wrong. */
const VAGUE = ['unknown', 'passing', 'refused'];
const kindOf = (error: string, reason = '') => failureKind({ error, reason });

describe('the names of errors', () => {
  for (const [source, names] of Object.entries(SOURCES)) {
    it(`have a text each: ${source}`, () => {
      const given = names.filter((name) => !NO_NAMES.has(name));
      expect(given).not.to.deep.equal([]);
      for (const name of given) {
        if (BY_REASON.has(name)) expect(kindOf(name), name).not.to.equal('unknown');
        else expect(VAGUE, name).not.to.include(kindOf(name));
      }
    });
  }

  it('have a text for each reason that the steps of an action give', () => {
    const thrown = steps.flatMap((source) => [
      ...source.matchAll(/new (\w+Error|BatchTimeout|RefusedAnswer|AiTimeout)\(\s*(['`])(.+?)\2/g),
    ]);
    // What Bedrock says itself is looked at below.
    const own = thrown.map(([, , , message = '']) => message).filter((message) => !message.startsWith('${'));
    expect(own.length).to.be.greaterThan(6);
    for (const message of own) {
      const name = /batch/.test(message) ? 'BatchTimeout' : 'TransientError';
      expect(VAGUE, message).not.to.include(kindOf(name, message.replaceAll(/\$\{[^}]*\}/g, 'x')));
    }
  });

  it('have a text for each refusal of Bedrock', () => {
    const refusals = Object.keys(bedrock).filter(
      (name) => /Exception$/.test(name) && !/Service|Stream|Conflict/.test(name),
    );
    expect(refusals).to.include('ThrottlingException');
    for (const name of refusals) expect(VAGUE, name).not.to.include(kindOf('PermanentError', `${name}: words`));
  });
});

describe('failureKind', () => {
  // As lambdas/generate-tasks, lambdas/core and the Bedrock mock write them.
  const cases: readonly (readonly [string, string, string])[] = [
    ['PermanentError', "AccessDeniedException: You don't have access to the model with this ID.", 'accessDenied'],
    ['PermanentError', 'ResourceNotFoundException: Model use case details have not been submitted', 'accessDenied'],
    ['PermanentError', 'AccessDeniedException: x is not authorized to perform: bedrock:InvokeModel', 'accessDenied'],
    ['PermanentError', 'AccessDeniedException: x is not authorized to perform: dynamodb:PutItem', 'notPermitted'],
    ['PermanentError', 'The AI quota is exhausted: Too many tokens per day, please wait.', 'quotaExhausted'],
    ['TransientError', 'ThrottlingException: Too many requests, please wait before trying again.', 'throttled'],
    ['TransientError', 'The AI call did not answer in time', 'timedOut'],
    ['States.Timeout', 'The step did not answer in time', 'stepTimedOut'],
    ['BatchTimeout', 'The time of the batch is over', 'batchTimeOver'],
    ['TransientError', 'The AI answered with invalid tasks', 'invalidAnswer'],
    ['TransientError', 'InternalServerException: Internal error', 'aiUnavailable'],
    ['TransientError', 'something new', 'passing'],
    ['PermanentError', 'The action is CANCELLED: its tasks were not saved', 'notSaved'],
    ['ExecutionEnded', 'The execution ended before this action.', 'runEnded'],
    ['SomethingNew', '', 'unknown'],
  ];
  for (const [error, reason, kind] of cases) {
    it(`is ${kind} for "${error} ${reason}"`, () => expect(kindOf(error, reason)).to.equal(kind));
  }

  it('tells an action that its run took along from one that failed by itself', () => {
    const failed = { error: 'Maintenance', reason: 'by hand' };
    const run = { status: 'ABORTED', error: 'Maintenance' } as const;
    expect(failureKind(failed, run)).to.equal('stopped');
    expect(failureKind({ error: 'BatchTimeout', reason: '' }, run)).to.equal('batchTimeOver');
    expect(failureKind(failed, { status: 'TIMED_OUT', error: 'Maintenance' })).to.equal('timeLimit');
    expect(failureKind(failed, { status: 'PARTIALLY_SUCCEEDED', error: null })).to.equal('unknown');
  });

  it('does not say of a time that was over before it was used that it was not its turn', () => {
    for (const texts of [en, ja]) expect(texts.failure.batchTimeOver.what).not.to.match(/turn|番/);
  });
});

describe('what came of a run', () => {
  const denied = { error: 'PermanentError', reason: 'AccessDeniedException: no' };
  const status = (changes: Partial<ExecutionStatus>, outcomes: readonly Outcome[]): ExecutionStatus => ({
    executionArn: 'arn',
    goalId: 'g',
    status: 'ABORTED',
    startDate: '2026-01-31T09:30:00.000Z',
    stopDate: '2026-01-31T09:31:00.000Z',
    currentState: 'Ended',
    progressPercentage: 100,
    processedActions: outcomes.length,
    totalActions: outcomes.length,
    currentBatch: 1,
    totalBatches: 1,
    estimatedSecondsRemaining: 0,
    failedActions: [],
    advice: null,
    slowActions: [],
    outcomes: outcomes.map((outcome, position) => ({
      actionId: `a${position}`,
      position,
      outcome,
      taskCount: outcome === 'SAVED' ? 4 : 0,
    })),
    cost: { aiCalls: 1, inputTokens: 1, outputTokens: 1, estimatedUsd: 1 },
    error: null,
    summary: null,
    ...changes,
  });
  const inWords = (run: ExecutionStatus) => {
    const { what, next } = resultOf(run, en);
    return `${what}. ${next}`;
  };

  it('is that its tasks are gone only of a run that a person cancelled', () => {
    const cancelled = status({ error: 'ABORT' }, ['CANCELLED', 'FAILED']);
    expect(inWords(cancelled)).to.match(/^Cancelled\. The tasks from this run were removed/);
    const changed = status({ error: 'ABORT' }, ['CANCELLED']);
    const kept = { ...changed, outcomes: changed.outcomes.map((each) => ({ ...each, taskCount: 2 })) };
    expect(inWords(kept)).to.match(/2 tasks you changed are kept/);
    for (const error of ['ABORTED', 'LocalStack.Restarted', 'Maintenance']) {
      const stopped = status({ error }, ['SAVED', 'FAILED']);
      expect(isCancelled(stopped)).to.equal(false);
      expect(inWords(stopped), error).to.match(/^Stopped before .* 4 tasks added\. They are kept/);
      expect(inWords(status({ error }, ['FAILED']))).to.match(/Nothing was saved before that/);
    }
  });

  it('is what it saved before it broke off', () => {
    const broken = status({ status: 'FAILED', error: 'PermanentError' }, ['SAVED', 'FAILED']);
    expect(inWords(broken)).to.match(/^The run broke off\. 1 of 2 actions ready, 4 tasks added/);
  });

  it('is no invitation to try again while access is denied', () => {
    const failedActions = [{ actionId: 'a0', title: 'A', ...denied }];
    const total = status({ status: 'FAILED', failedActions }, ['FAILED']);
    expect(needsAdministrator(total)).to.equal(true);
    expect(inWords(total))
      .to.match(/contact your administrator/)
      .and.not.to.match(/try again/i);
    const mixed = { ...total, failedActions: [...failedActions, { ...denied, actionId: 'b', title: 'B', reason: '' }] };
    expect(needsAdministrator(mixed)).to.equal(false);
    expect(needsAdministrator({ ...total, failedActions: [] })).to.equal(false);
  });
});
