import "./runtime/entry.js";
import { loadConfig, type Overrides } from "./config/load.js";
import type { Home } from "./config/home.js";
import type { NodeAddress } from "./config/signer-address.js";
import { openLocalSigner } from "./open/local-signer.js";
import { dialNode } from "./open/signer.js";
import { osClock } from "./runtime/clock.js";
import { keepDialling } from "./signer/remote/dial.js";
import { serveLink } from "./signer/remote/serve.js";
import { logs } from "./telemetry/index.js";

export interface SignerPlan {
  readonly chainId: string;
  readonly node: NodeAddress;
}

/** A signer of this machine, running. */
export interface RunningSigner {
  readonly publicKey: Uint8Array;
  /** Resolves when it cannot go on, with the reason. */
  readonly failed: Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Opens the key of a home and keeps a connection to the node that it signs for.
 * @throws ConfigFault, SignerFault
 */
export async function startSigner(home: Home, plan: SignerPlan, overrides: Overrides = {}): Promise<RunningSigner> {
  const { config } = loadConfig(home, overrides);
  const log = logs({
    level: config["log_level"],
    format: config["log_format"],
    write: (line) => void process.stderr.write(line),
    now: () => Date.now(),
  })("signer");
  const { signer, close } = await openLocalSigner(home, plan.chainId);
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<unknown>((resolve) => (fail = resolve));
  const onFault = (error: Error): void => {
    log.error("the signer stops", { error: error.message });
    fail(error);
  };
  const { height } = signer.lastSigned();
  log.info("signer started", { chain_id: plan.chainId, last_signed: height.toString() });
  const dialling = keepDialling({
    clock: osClock(),
    log,
    dial: (onLink) => dialNode(home, plan.node, onLink),
    serve: (closed) => serveLink({ signer, chainId: plan.chainId, log, onFault }, closed),
  });
  return {
    publicKey: signer.publicKey,
    failed,
    async stop() {
      dialling.stop();
      await signer.idle();
      await close();
    },
  };
}
