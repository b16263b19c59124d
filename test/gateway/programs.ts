import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { Program } from "#cli/demo/network/program.js";
import { MODEL, serveTexts, signingAs } from "#cli/demo/story/steps/serve.js";
import { ownAny } from "#proto/tx/build.js";
import type { ModelChain } from "./chain.js";

const READY_MS = 60_000;

/** A program that is killed and started again at one address. */
export class Served {
  readonly #program: Program;
  readonly #ready: RegExp;

  constructor(program: Program, ready: RegExp) {
    this.#program = program;
    this.#ready = ready;
  }

  get program(): Program {
    return this.#program;
  }

  /** What it said when it was ready. */
  ready(from = 0): Promise<RegExpExecArray> {
    return this.#program.said(this.#ready, READY_MS, from);
  }

  /** Killed as by a loss of power, and started again at once. Resolves when it is ready. */
  async crash(): Promise<void> {
    await this.#program.kill();
    const from = this.#program.logged;
    this.#program.start();
    await this.ready(from);
  }

  stop(): Promise<void> {
    return this.#program.stop(15_000);
  }
}

/** Both programs of use, at addresses that outlive a restart. */
export interface Programs {
  readonly gateway: Served;
  readonly consumer: Served;
  /** Base URL of the consumer's program, and its key. */
  readonly url: string;
  readonly apiKey: string;
  readonly gatewayUrl: string;
  /** Folders of the two books. */
  readonly books: { readonly gateway: string; readonly consumer: string };
}

/** Starts the model's server, bob's gateway and grace's program on a chain. @param credit as the gateway takes it */
export async function startPrograms(chain: ModelChain, credit: string): Promise<Programs> {
  const { story, market } = chain;
  const { run, root, cast } = story;
  const upstream = await serveTexts(story, market);
  const [gatewayPort, consumerPort] = [await freePort(), await freePort()];
  const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
  const version = market.published.versionId;
  const gateway = new Served(
    run("gateway", [
      ...["gateway", "--home", join(root, "gateway"), "--upstream", upstream, "--listen", `127.0.0.1:${gatewayPort}`],
      ...["--model", `${MODEL}=${version}`, "--credit", credit, "--redeem-amount", "1trib"],
      ...signingAs(story, "bob"),
    ]),
    /http:\/\/127\.0\.0\.1:\d+/,
  );
  await gateway.ready();
  const provider = cast("bob");
  const validUntil = BigInt(Date.now()) + 86_400_000n;
  await provider.send(
    ownAny("tributary.usage.v1.MsgSetEndpoint", {
      ...{ provider: provider.address, versionId: version, url: gatewayUrl, validUntil },
    }),
  );
  const consumerHome = join(root, "consumer");
  const consumer = new Served(
    run("consumer", [
      ...["consumer", "--home", consumerHome, "--listen", `127.0.0.1:${consumerPort}`, "--allow-private"],
      ...["--model", `${MODEL}=${version}`, "--deposit", "500trib", "--day-max", "1000trib"],
      ...signingAs(story, "grace"),
    ]),
    /Base URL\s+(\S+)\s+API key\s+(\S+)/,
  );
  const [, url = "", apiKey = ""] = await consumer.ready();
  const books = {
    gateway: join(root, "gateway", "gateway", story.chainId, provider.address),
    consumer: join(consumerHome, "consumer", "book"),
  };
  return { gateway, consumer, url, apiKey, gatewayUrl, books };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
