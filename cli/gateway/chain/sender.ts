import type { AnyMessage } from "#proto/tx/decode.js";
import { EXIT } from "../../exit.js";
import { Refused } from "../../tx/refusal.js";
import type { TxSession } from "../../tx/session.js";

/** Sends the provider's transactions one after the other: each waits for its block, so that their order is known. */
export class Sender {
  readonly #session: TxSession;
  #last: Promise<unknown> = Promise.resolve();

  constructor(session: TxSession) {
    this.#session = session;
  }

  /** @throws CliFault for what the chain refuses, and for a node that is gone */
  async send(messages: readonly AnyMessage[]): Promise<void> {
    const sent = this.#last.then(() => this.#send(messages));
    this.#last = sent.catch(() => undefined); // Its caller is told; the next one is sent all the same.
    await sent;
  }

  async #send(messages: readonly AnyMessage[]): Promise<void> {
    const { hash } = await this.#session.send(await this.#session.prepare(messages));
    const { result, height } = await this.#session.wait(hash);
    const { code, codespace, log } = result;
    if (code === 0) return;
    throw new Refused("reverted", EXIT.reverted, `tx ${hash} is in block ${height} and failed there`, {
      code,
      codespace,
      log,
    });
  }
}
