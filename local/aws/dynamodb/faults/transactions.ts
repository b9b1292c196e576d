import { type Answer, CONFLICT, cancelledAnswer, exceptionAnswer } from './answers.ts';
import { type Fields, isSingleWrite, isTransaction, type TouchedItem } from './request.ts';

/**
 * The transactions that are under way, and what meets them. As DynamoDB has it ("Transaction conflict handling"): a
 * transaction keeps each of its items, those that it only checks included, until it has been answered. Another
 * transaction that has one of them is cancelled, and a PutItem, UpdateItem or DeleteItem of one is refused. Reads go
 * through, BatchWriteItem too, and single writes do not conflict with each other.
 */
export class OngoingTransactions {
  readonly #holders = new Set<string>();
  readonly #tokens = new Set<string>();
  readonly #pause: () => Promise<void>;

  /** @param pause before a transaction is carried out, and before it is answered: it keeps its items all the while */
  constructor(pause: () => Promise<void>) {
    this.#pause = pause;
  }

  /** Answers a request by `carryOut`, or refuses it. */
  async run(
    operation: string,
    body: Fields,
    items: readonly TouchedItem[],
    carryOut: () => Promise<Answer>,
  ): Promise<Answer> {
    if (isSingleWrite(operation) && items.some(({ id }) => this.#holders.has(id))) {
      return exceptionAnswer(CONFLICT.exception, CONFLICT.message);
    }
    return isTransaction(operation)
      ? this.#transact(String(body.ClientRequestToken ?? ''), items, carryOut)
      : carryOut();
  }

  async #transact(token: string, items: readonly TouchedItem[], carryOut: () => Promise<Answer>): Promise<Answer> {
    if (this.#tokens.has(token)) {
      const message = 'The transaction with the given request token is already in progress.';
      return exceptionAnswer('TransactionInProgressException', message);
    }
    const reasons = items.map(({ id }) => (this.#holders.has(id) ? CONFLICT : undefined));
    if (reasons.some((reason) => reason !== undefined)) return cancelledAnswer(reasons);
    for (const { id } of items) this.#holders.add(id);
    if (token !== '') this.#tokens.add(token);
    try {
      await this.#pause();
      const answer = await carryOut();
      await this.#pause();
      return answer;
    } finally {
      for (const { id } of items) this.#holders.delete(id);
      this.#tokens.delete(token);
    }
  }
}
