import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Goal, Task, User } from './stack/stack.ts';

/** Somebody who works with the tasks of a goal, and remembers how each was left. */
export class Person {
  readonly #user: User;
  readonly #goal: Goal;
  /** Tasks that were changed or added, as the last answer said. */
  readonly #left = new Map<string, Task>();
  /** Which version of a task was removed. */
  readonly #removed = new Map<string, number>();
  #edits = 0;

  constructor(user: User, goal: Goal) {
    this.#user = user;
    this.#goal = goal;
  }

  /** Whether a task that an execution made was removed: then the status of the goal may say that there are more. */
  hasRemoved = false;

  readonly #pathTo = (taskId: string) => `/api/goals/${this.#goal.goalId}/tasks/${encodeURIComponent(taskId)}`;

  /** One of the tasks that are there now, if there are any. */
  async #task(pick: number): Promise<Task | undefined> {
    const tasks = await this.#user.listTasks(this.#goal.goalId);
    return tasks[pick % tasks.length];
  }

  #note(task: Task): void {
    const { version = 0 } = this.#left.get(task.taskId) ?? {};
    if (task.version > version) this.#left.set(task.taskId, task);
  }

  async #change(pick: number, changesOf: (task: Task) => object): Promise<void> {
    const task = await this.#task(pick);
    if (task === undefined) return;
    const body = { version: task.version, ...changesOf(task) };
    const answer = await this.#user.call<Task>('PATCH', this.#pathTo(task.taskId), body);
    // It was taken back, replaced or changed since it was read.
    expect(answer.status).to.be.oneOf([200, 404, 409]);
    if (answer.status !== 200) return;
    expect(answer.body).to.include(body.version === task.version ? { ...body, version: task.version + 1 } : body);
    this.#note(answer.body);
  }

  /** Checks a task off, or back. */
  check(pick: number): Promise<void> {
    return this.#change(pick, ({ status }) => ({ status: status === 'done' ? 'not_started' : 'done' }));
  }

  edit(pick: number): Promise<void> {
    this.#edits += 1;
    const title = `Edited ${this.#edits}`;
    return this.#change(pick, () => ({ title, estimatedMinutes: this.#edits }));
  }

  async add(pick: number): Promise<void> {
    const { actions, goalId } = this.#goal;
    const actionId = actions[pick % actions.length]?.actionId;
    const body = { actionId, title: `Added ${pick}`, type: 'habit', estimatedMinutes: 5 };
    const headers = { 'Idempotency-Key': randomUUID() };
    const answer = await this.#user.call<Task>('POST', `/api/goals/${goalId}/tasks`, body, headers);
    // Asked again after an answer was lost, it may have been removed.
    expect(answer.status).to.be.oneOf([200, 201, 404]);
    if (answer.status !== 404) this.#note(answer.body);
  }

  async remove(pick: number): Promise<void> {
    const task = await this.#task(pick);
    if (task === undefined) return;
    const { status } = await this.#user.call('DELETE', `${this.#pathTo(task.taskId)}?version=${task.version}`);
    expect(status).to.be.oneOf([204, 409]);
    if (status !== 204) return;
    this.#removed.set(task.taskId, task.version);
    if (task.executionArn !== null) this.hasRemoved = true;
  }

  /** Fails unless every task that this person changed or added is there as it was left, or stays removed. */
  expectKept(tasks: readonly Task[]): void {
    const byId = new Map(tasks.map((task) => [task.taskId, task]));
    for (const [taskId, task] of this.#left) {
      const removedAt = this.#removed.get(taskId) ?? 0;
      expect(byId.get(taskId), `${taskId} as it was left`).to.deep.equal(removedAt < task.version ? task : undefined);
    }
  }
}
