import { SignedChain } from "../../e2e/signed-chain.js";
import type { Target } from "../adversary.js";
import type { HonestBan } from "../judge.js";
import { HostileNet, honestBans, type NetOptions } from "../net.js";
import { lastWords } from "../last-words.js";

/** What a fuzzer stands before: a listener of a living process, and how it fares. */
export interface FuzzStage {
  readonly address: string;
  /** Processes that ended by themselves, with their last words. */
  died(): readonly string[];
  banned(): readonly HonestBan[];
  /** Whether everything goes on afterwards. What is wrong, otherwise. */
  recovered(): Promise<string | undefined>;
  close(): Promise<void>;
}

const RECOVERED_MS_MAX = 60_000;

/** A listener of the first node of a net of four. */
export const inNet =
  (address: (target: Target) => string) =>
  async (ports: NetOptions["ports"]): Promise<FuzzStage> => {
    const { onLogLine, bans, knows } = honestBans();
    const net = await HostileNet.open({ ports, accounts: 0, onLogLine });
    knows(net);
    return {
      address: address(net.view.targets[0]!),
      died: () => net.dead(),
      banned: () => bans,
      recovered: () => net.recovered(RECOVERED_MS_MAX),
      close: () => net.stop(),
    };
  };

/** Where a validator waits for its signer, which is connected and signs meanwhile. */
export async function inSignedChain(): Promise<FuzzStage> {
  const chain = await SignedChain.create("tcp");
  const processes = ["node", "signer"] as const;
  for (const what of processes) chain.start(what);
  await chain.reach(2, RECOVERED_MS_MAX);
  return {
    address: chain.signerAddress.replace("tcp://", ""),
    died: () => processes.flatMap((what) => (chain.isRunning(what) ? [] : [`${what}: ${lastWords(chain.log)}`])),
    banned: () => [],
    async recovered() {
      try {
        await chain.reach((await chain.height()) + 2, RECOVERED_MS_MAX);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
    close: () => chain.stop(),
  };
}
