import type { RunningNode } from "#node/start.js";
import { EXIT, type ExitCode } from "./exit.js";
import { CliFault } from "./fault.js";
import type { World } from "./world.js";

/** Until Ctrl-C or the node's own end. A second Ctrl-C ends at once. @throws CliFault(node_failed) with the reason */
export async function untilStopped(running: RunningNode, world: World): Promise<ExitCode> {
  const asked = signalled();
  const failure = await Promise.race([asked.then(() => undefined), running.failed.then((error) => ({ error }))]);
  if (failure === undefined) world.out.note("stopping; Ctrl-C again ends at once");
  await running.stop();
  if (failure === undefined) return EXIT.ok;
  const { error } = failure;
  const message = error instanceof Error ? error.message : String(error);
  throw new CliFault("node_failed", `the node stopped: ${message}`, { cause: error });
}

/** The first SIGINT or SIGTERM; the second one ends the process. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    const onSignal = (): void => {
      if (++count > 1) process.exit(EXIT.interrupted);
      resolve();
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  });
}

/** What starting a node throws, as a sentence with what to do. */
export function startFault(error: unknown): unknown {
  const { code, message, port } = error as { code?: unknown; message?: string; port?: number };
  if (code === "EADDRINUSE") {
    return new CliFault("address_in_use", `port ${port ?? "?"} is taken, by a running node or by something else`, {
      fix: "tribd doctor names the ports; --rpc.laddr, --p2p.laddr and --api.address choose others",
      cause: error,
    });
  }
  // Faults of the node and the system carry a code; what has none is a bug and keeps its stack.
  if (error instanceof Error && typeof code === "string" && error.name !== "ConfigFault") {
    return new CliFault(code, message ?? code, { fix: "tribd doctor looks for the cause", cause: error });
  }
  return error;
}
