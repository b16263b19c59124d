import { WebSocket } from "ws";

export interface SeenBlock {
  readonly height: number;
  /** When the client was told, of `performance.now()`. */
  readonly atMs: number;
  /** Base64. */
  readonly txs: readonly string[];
  /** Of the block before it: the round in which that was decided. */
  readonly lastRound: number;
}

interface BlockAnswer {
  readonly block: {
    readonly data: { readonly txs: readonly string[] | null };
    readonly last_commit: { readonly round: number } | null;
  };
}

interface HeaderEvent {
  readonly result?: { readonly data?: { readonly value: { readonly header: { readonly height: string } } } };
}

const SUBSCRIBE = JSON.stringify({
  ...{ jsonrpc: "2.0", id: 1, method: "subscribe" },
  params: { query: "tm.event='NewBlockHeader'" },
});

/** Sees each block as a client of one node does: told of it by a subscription, then asks for it. */
export class Follower {
  readonly #url: string;
  readonly #socket: WebSocket;
  readonly #onBlock: (block: SeenBlock) => void;
  /** Resolves when the node has confirmed the subscription. */
  readonly subscribed: Promise<void>;
  #confirm: () => void = () => undefined;
  #fetching: Promise<void> = Promise.resolve();
  #failed: Error | undefined;

  /** @param url of the RPC, without a slash at its end */
  constructor(url: string, onBlock: (block: SeenBlock) => void) {
    this.#url = url;
    this.#onBlock = onBlock;
    this.subscribed = new Promise((resolve) => (this.#confirm = resolve));
    this.#socket = new WebSocket(`${url.replace(/^http/, "ws")}/websocket`);
    this.#socket.on("open", () => this.#socket.send(SUBSCRIBE));
    this.#socket.on("error", (error) => (this.#failed = error));
    this.#socket.on("message", (data: Buffer) => this.#onMessage(data));
  }

  /** Resolves when every block that was told of is here. @throws Error when the subscription or a block was lost */
  async close(): Promise<void> {
    this.#socket.close();
    await this.#fetching;
    if (this.#failed !== undefined) throw this.#failed;
  }

  #onMessage(data: Buffer): void {
    const atMs = performance.now();
    const height = (JSON.parse(data.toString("utf8")) as HeaderEvent).result?.data?.value.header.height;
    if (height === undefined) return this.#confirm(); // The answer to the subscription.
    this.#fetching = this.#fetching
      .then(() => this.#fetch(Number(height), atMs))
      .catch((error: Error) => void (this.#failed ??= error));
  }

  async #fetch(height: number, atMs: number): Promise<void> {
    const response = await fetch(`${this.#url}/block?height=${height}`);
    const { result } = (await response.json()) as { readonly result?: BlockAnswer };
    if (result === undefined) throw new Error(`no block ${height} at ${this.#url}`);
    const { data, last_commit } = result.block;
    this.#onBlock({ height, atMs, txs: data.txs ?? [], lastRound: last_commit?.round ?? 0 });
  }
}
