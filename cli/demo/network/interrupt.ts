import { setMaxListeners } from "node:events";
import { EXIT } from "../../exit.js";
import { CliFault } from "../../fault.js";
import type { World } from "../../world.js";

/** Ctrl-C while a network runs. */
export interface Interrupt {
  /** Aborted by the first Ctrl-C or by a request to terminate. */
  readonly signal: AbortSignal;
  /** Gives Ctrl-C back. */
  release(): void;
}

/** The first Ctrl-C ends the story and stops the validators in order; the second kills them. */
export function watchInterrupt(killNow: () => void, world: World): Interrupt {
  const controller = new AbortController();
  // As many listen as there are questions on their way.
  setMaxListeners(0, controller.signal);
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      killNow();
      process.exit(EXIT.interrupted);
    }
    world.out.note("\nstopping the validators; Ctrl-C again kills them");
    controller.abort(new CliFault("interrupted", "interrupted", { exit: EXIT.interrupted }));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  process.on("exit", killNow);
  return {
    signal: controller.signal,
    release() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
      process.off("exit", killNow);
    },
  };
}

/** The same world, in which waiting and asking end with the signal. */
export function interruptible(world: World, signal: AbortSignal): World {
  const { system } = world;
  return {
    ...world,
    system: {
      ...system,
      sleep: (milliseconds) => untilAborted(signal, () => system.sleep(milliseconds)),
      fetch: (input, init) => untilAborted(signal, () => system.fetch(input, init)),
    },
  };
}

function untilAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", stop));
  });
}
