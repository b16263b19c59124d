import { isRejection } from "#proto/rejection.js";
import type { Bytes } from "#proto/bytes.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { checkTx, type CheckRules } from "#state/check.js";
import type { BlockInfo } from "#state/context.js";
import { executeTx } from "#state/machine.js";
import { accountOf } from "#state/modules/auth/index.js";
import { View } from "#state/store/view.js";
import { addressOf, textOf, type Party } from "#test/fixtures/parties.js";
import { Market, PERIODS } from "#test/unit/state/market.js";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { person, TEST_CHAIN } from "#test/unit/state/world.js";

export const TX_BYTES_MAX = 131_072;
const RULES: CheckRules = { txBytesMax: TX_BYTES_MAX, blockGasMax: 100_000_000n, gasPriceMin: 2_500_000_000_000_000n };

/** What one byte string costs. */
export interface Cost {
  readonly refused: boolean;
  /** CPU of the check, and, when it was admitted, of its execution as well. */
  readonly ms: number;
  /** That execution used; 0 when it was refused. */
  readonly gas: bigint;
  readonly log: string;
}

/** How often a cost is measured: number of times, and duration. */
export interface Repeats {
  readonly times: number;
  readonly ms: number;
}

/** A market with everything that messages can be about, and a way to see what a byte string costs in it. */
export class Arena {
  readonly market: Market;

  constructor(payers: readonly Party[]) {
    this.market = new Market({
      works: [{ owner: person("alice"), text: "four score and seven years ago our fathers brought forth" }],
      attribution: { ...PERIODS.attribution, whole_receipts_max: 4096, window_blocks: "100000" },
    });
    const { world } = this.market;
    for (const payer of payers) {
      const amount = [{ denom: "utrib", amount: "1000000000" }];
      const value = MsgSend.encode({ fromAddress: person("dave").text, toAddress: textOf(payer), amount }).finish();
      world.run(person("dave"), [{ typeUrl: MsgSend.typeUrl, value }]);
    }
  }

  /** The party as its account stands. */
  standing(party: Party): Party {
    const account = accountOf(this.market.world.base, addressOf(party));
    return { ...party, sequence: account?.sequence ?? 0n, number: account?.number ?? 0n };
  }

  /** The cheapest of several times: the first ones also compile, and others share the machine. */
  cost(bytes: Bytes, { times, ms }: Repeats): Cost {
    let best = this.#once(bytes);
    let spent = best.ms;
    for (let i = 1; i < times || spent < ms; i++) {
      const cost = this.#once(bytes);
      spent += cost.ms;
      if (cost.ms < best.ms) best = cost;
    }
    return best;
  }

  #once(bytes: Bytes): Cost {
    const { world } = this.market;
    const block: BlockInfo = {
      ...{ chainId: TEST_CHAIN, height: world.height + 1n, time: world.time + 1_000n, bech32Prefix: "trib" },
      ...{ proposer: new Uint8Array(20), proposerPower: 1n, totalPower: 1n, beacon: new Uint8Array(32) },
      ...{ hash: headerHashOf(new Uint8Array(32)), misbehaviour: [] },
    };
    const begin = process.cpuUsage();
    const checked = checkTx(new View(world.base), block, bytes, RULES);
    const refused = isRejection(checked);
    const result = refused
      ? undefined
      : executeTx(new View(world.base), block, bytes, { txBytesMax: TX_BYTES_MAX }, world.fingerprints, "full");
    const { user, system } = process.cpuUsage(begin);
    const log = refused ? checked.name : result!.code === 0 ? "executed" : result!.log.slice(0, 120);
    return { refused, ms: (user + system) / 1_000, gas: result?.gasUsed ?? 0n, log };
  }
}
