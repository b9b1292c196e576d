import { TransientError } from '@goal-activity/core/errors.ts';
import type { Usage } from '@goal-activity/core/types.ts';

/** The AI answered, and is paid for it, but nothing can be saved of its answer. */
export class RefusedAnswer extends TransientError {
  readonly usage: Usage;

  constructor(message: string, usage: Usage) {
    super(message);
    this.usage = usage;
  }
}
