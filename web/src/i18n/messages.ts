import type { ExecutionState, GoalStatus } from '../api/types.ts';
import type { Flaw } from '../mandala/draft.ts';
import type { PasteForm } from '../mandala/paste.ts';
import type { Phase } from '../run/cells.ts';
import type { FailureKind } from '../run/failures.ts';

/** What happened, and what to do about it. */
export interface Explanation {
  readonly what: string;
  readonly next: string;
}

/** Kinds of history events, as the API has them. */
export type EventKind = 'state' | 'attempt' | 'failure' | 'end';

/** Every text of the page. A text with a value in it is a function, so that each language can order and count its way. */
export interface Messages {
  readonly appName: string;
  readonly tagline: string;
  readonly skipToContent: string;
  readonly language: string;
  readonly nav: {
    readonly label: string;
    readonly goals: string;
    readonly history: string;
    readonly newGoal: string;
    signedInAs(user: string): string;
    readonly signOut: string;
  };
  readonly common: {
    readonly loading: string;
    readonly retry: string;
    readonly cancel: string;
    readonly close: string;
    readonly save: string;
    readonly saving: string;
    readonly back: string;
    readonly more: string;
    readonly details: string;
    readonly optional: string;
    actions(count: number): string;
    tasks(count: number): string;
    untitledSubGoal(number: number): string;
  };
  readonly signIn: {
    readonly title: string;
    readonly intro: string;
    readonly expired: string;
    readonly pick: string;
    readonly name: string;
    readonly nameHint: string;
    readonly submit: string;
    readonly hosted: string;
    readonly hostedHint: string;
    readonly failed: string;
    readonly working: string;
  };
  readonly goals: {
    readonly title: string;
    readonly empty: string;
    readonly emptyHint: string;
    readonly create: string;
    deadline(day: string): string;
    created(date: string): string;
  };
  readonly goalStatus: Readonly<Record<GoalStatus, string>>;
  readonly runStatus: Readonly<Record<ExecutionState, string>>;
  readonly actionType: {
    readonly execution: string;
    readonly habit: string;
    readonly label: string;
    readonly hint: string;
  };
  readonly create: {
    readonly title: string;
    readonly intro: string;
    readonly goal: string;
    readonly goalHint: string;
    readonly description: string;
    readonly descriptionHint: string;
    readonly deadline: string;
    readonly chart: string;
    readonly chartHint: string;
    /** Only for those who have a keyboard. */
    readonly keysHint: string;
    readonly paste: string;
    readonly clear: string;
    readonly subGoal: string;
    subGoalNumber(number: number): string;
    actionNumber(number: number): string;
    readonly actionPlaceholder: string;
    typeToggle(title: string, isHabit: boolean): string;
    readonly previous: string;
    readonly next: string;
    filled(count: number): string;
    readonly submit: string;
    readonly submitting: string;
    readonly fix: string;
    readonly draftKept: string;
    characters(count: number, limit: number): string;
  };
  readonly clearDialog: { readonly title: string; readonly body: string; readonly confirm: string };
  readonly pasteDialog: {
    readonly title: string;
    readonly intro: string;
    readonly forms: readonly string[];
    readonly field: string;
    readonly nothing: string;
    readonly form: Readonly<Record<PasteForm, string>>;
    found(actions: number, subGoals: number): string;
    leftOut(count: number): string;
    readonly replaces: string;
    readonly apply: string;
  };
  readonly flaw: Readonly<Record<Flaw, string>>;
  /** Where a flaw is, before the text of the flaw. */
  readonly place: {
    readonly title: string;
    readonly description: string;
    readonly deadline: string;
    readonly chart: string;
    subGoal(block: number): string;
    action(block: number, index: number): string;
  };
  readonly goal: {
    readonly chart: string;
    readonly actions: string;
    readonly noTasks: string;
    readonly start: string;
    readonly follow: string;
    readonly lastRun: string;
    readonly runs: string;
    readonly openAll: string;
    readonly closeAll: string;
    minutes(minutes: string): string;
    readonly edit: string;
    editAction(title: string): string;
    readonly noActions: string;
    summary(withTasks: number, total: number, tasks: number): string;
    readonly status: Readonly<Record<GoalStatus, string>>;
    retry(count: number): string;
  };
  readonly startDialog: {
    title(count: number): string;
    readonly steps: string;
    asks(count: number): string;
    adds(count: number): string;
    readonly canCancel: string;
    readonly time: string;
    readonly money: string;
    about(value: string): string;
    readonly measured: string;
    readonly usual: string;
    readonly confirm: string;
    readonly starting: string;
  };
  readonly retryDialog: {
    title(count: number): string;
    asks(count: number): string;
    keeps: string;
    readonly confirm: string;
  };
  readonly cancelDialog: {
    readonly title: string;
    removes(tasks: number): string;
    readonly keeps: string;
    readonly cost: string;
    readonly confirm: string;
    readonly goOn: string;
    readonly cancelling: string;
  };
  readonly editDialog: {
    readonly title: string;
    readonly actionTitle: string;
    readonly description: string;
    readonly hint: string;
    readonly nothingChanged: string;
    readonly saved: string;
  };
  readonly run: {
    readonly title: string;
    readonly progress: string;
    readonly goToGoal: string;
    /** Where there are no tasks to see. */
    readonly backToGoal: string;
    percent(percentage: number): string;
    processed(processed: number, total: number): string;
    remaining(duration: string): string;
    readonly almost: string;
    /** So many actions are slow, and so many are being tried again; empty when none are. */
    held(slow: number, retried: number): string;
    batch(current: number, total: number): string;
    readonly cancel: string;
    readonly canLeave: string;
    readonly chart: string;
    readonly chartHint: string;
    readonly legend: string;
    readonly selected: string;
    readonly nothingSelected: string;
    readonly cost: string;
    readonly calls: string;
    readonly tokensIn: string;
    readonly tokensOut: string;
    readonly money: string;
    readonly moneyNote: string;
    readonly took: string;
    readonly started: string;
    readonly ended: string;
    failedTitle(count: number): string;
    readonly failedIntro: string;
    readonly technical: string;
    readonly runs: string;
    result(status: ExecutionState, saved: number, total: number, tasks: number): Explanation;
    announce(percentage: number, processed: number, total: number): string;
    announceFailed(count: number): string;
  };
  readonly phase: Readonly<Record<Phase, string>>;
  readonly connection: {
    readonly title: string;
    lost(seconds: number): string;
    readonly trying: string;
    readonly offline: string;
    readonly again: string;
    readonly now: string;
  };
  readonly history: {
    readonly title: string;
    readonly intro: string;
    readonly filters: string;
    readonly goal: string;
    readonly allGoals: string;
    readonly status: string;
    readonly allStatuses: string;
    readonly from: string;
    readonly to: string;
    readonly reset: string;
    readonly empty: string;
    readonly emptyFiltered: string;
    readonly table: string;
    readonly run: string;
    readonly result: string;
    readonly duration: string;
    readonly goalGone: string;
    saved(saved: number, total: number): string;
    failed(count: number): string;
    readonly running: string;
    readonly badRange: string;
  };
  readonly timeline: {
    readonly title: string;
    readonly intro: string;
    readonly step: string;
    readonly start: string;
    readonly duration: string;
    readonly times: string;
    count(count: number): string;
    summary(steps: number, duration: string): string;
    readonly table: string;
    events(count: number): string;
    readonly kind: Readonly<Record<EventKind, string>>;
    readonly at: string;
    readonly what: string;
    attempt(number: number): string;
    readonly unavailable: string;
    /** States of the workflow; one that is not here is shown by its own name. */
    readonly states: Readonly<Record<string, string>>;
  };
  readonly failure: Readonly<Record<FailureKind, Explanation>>;
  /** Refusals of the API, by code. */
  readonly problems: Readonly<Record<string, Explanation>>;
  readonly problem: {
    readonly offline: Explanation;
    readonly slow: Explanation;
    readonly unexpected: Explanation;
    readonly server: Explanation;
    readonly unknown: Explanation;
  };
  readonly notFound: { readonly title: string; readonly body: string };
}
