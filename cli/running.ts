import { HaltReached } from "#node/halt.js";
import { EXIT, type ExitCode } from "./exit.js";
import { CliFault } from "./fault.js";
import type { World } from "./world.js";

export interface Running {
  /** Resolves when it cannot go on, with the reason. */
  readonly failed: Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Until Ctrl-C or its own end. A second Ctrl-C ends at once.
 * @throws CliFault(node_failed, signer_failed) with the reason
 */
export async function untilStopped(what: "node" | "signer", running: Running, world: World): Promise<ExitCode> {
  const asked = signalled();
  const failure = await Promise.race([asked.then(() => undefined), running.failed.then((error) => ({ error }))]);
  if (failure === undefined) world.out.note("stopping; Ctrl-C again ends at once");
  await running.stop();
  if (failure === undefined) return EXIT.ok;
  const { error } = failure;
  if (error instanceof HaltReached) return halted(error, world);
  const message = error instanceof Error ? error.message : String(error);
  throw new CliFault(`${what}_failed`, `the ${what} stopped: ${message}`, { cause: error });
}

/** What was asked for has happened. */
export function halted({ message }: HaltReached, world: World): ExitCode {
  world.out.note(message);
  return EXIT.ok;
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

/** What starting throws, as a sentence with what to do. */
export function startFault(error: unknown, fix = "tribd doctor looks for the cause"): unknown {
  const { code, message, port } = error as { code?: unknown; message?: string; port?: number };
  if (code === "EADDRINUSE") {
    return new CliFault("address_in_use", `port ${port ?? "?"} is taken, by a running node or by something else`, {
      fix: "tribd doctor names the ports; --rpc.laddr, --p2p.laddr and --api.address choose others",
      cause: error,
    });
  }
  // Faults of the node and the system carry a code; what has none is a bug and keeps its stack.
  if (error instanceof Error && typeof code === "string" && error.name !== "ConfigFault") {
    return new CliFault(code, message ?? code, { fix, cause: error });
  }
  return error;
}
