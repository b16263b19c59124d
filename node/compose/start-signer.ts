import "../runtime/entry.js";
import type { Config } from "../config/load.js";
import type { Home } from "../config/home.js";
import type { NodeAddress } from "../config/signer-address.js";
import { lockHome } from "../home/home-lock.js";
import { processLog, watchFailure } from "./log.js";
import { openLocalSigner } from "./local-signer.js";
import { dialNode } from "./signer.js";
import { osClock } from "../runtime/clock.js";
import type { Life } from "../runtime/life.js";
import { keepDialling } from "../signer/remote/dial.js";
import { serveLink } from "../signer/remote/serve.js";

export interface SignerPlan {
  readonly chainId: string;
  readonly node: NodeAddress;
}

/**
 * Opens the key of a home and keeps a connection to the node that it signs for. `life` says when it cannot go on, and ends it.
 * @throws HomeFault, SignerFault, Stopped, ConfigFault for a key file that is not one
 */
export async function startSigner(home: Home, plan: SignerPlan, config: Config, life: Life): Promise<void> {
  const logOf = processLog(config);
  const log = logOf("signer");
  watchFailure(life, log);
  const lock = await lockHome(home);
  life.opened("the home's lock", () => lock.close());
  const signer = await openLocalSigner(home, plan.chainId);
  life.opened("the signer", () => signer.idle());
  const { height } = signer.lastSigned();
  log.info("signer started", { chain_id: plan.chainId, last_signed: height.toString() });
  const onFault = (error: Error): void => life.fail(error);
  const clock = osClock();
  const dialling = keepDialling({
    clock,
    log,
    dial: (onLink) => dialNode(home, plan.node, onLink),
    serve: (closed) => serveLink({ signer, chainId: plan.chainId, clock, log, onFault }, closed),
  });
  life.opened("the connection", () => dialling.stop());
}
