import type { BatchRecord } from "../../attribution/batch.js";
import { fingerprintOf } from "../../attribution/packed.js";
import { windowIndex } from "../../attribution/rule/committed.js";
import type { RuleFacts } from "../../attribution/rule/facts.js";
import { indexOfSets } from "../../attribution/rule/sets.js";
import { present } from "../../assert.js";
import type { Bytes } from "../../bytes.js";
import { fromBech32 } from "../../crypto/address.js";
import { stateKeys } from "../../light/state-keys.js";
import type { Contributions } from "./contributions.js";
import { VerifyFault } from "./fault.js";
import { inOrder, type ProvenState } from "./state.js";
import type { VersionFacts } from "./version.js";

/** Everything that the facts of a batch are read from. */
export interface FactsWorld {
  readonly state: ProvenState;
  readonly bech32Prefix: string;
  readonly contributions: Contributions;
  /** Common phrases of genesis; nothing in this version of the chain changes them. */
  readonly common: ReadonlySet<bigint>;
}

/** Admission of a datanet that accepts what anybody contributes (datanet/codes.ts of the state machine). */
export const ADMITS_ANYBODY = 1;

/** Input of the rule for a batch, as of the height at which it was formed, every record proven. Throws VerifyFault. */
export async function readFacts(
  { state, bech32Prefix, contributions, common }: FactsWorld,
  { formedHeight }: BatchRecord,
  { version, datanets, licensed }: VersionFacts,
): Promise<RuleFacts> {
  const sets = await contributions.setsAt(formedHeight);
  const owners = await readOwners(
    state,
    bech32Prefix,
    [...new Set(sets.map((set) => set.contribution.owner))],
    formedHeight,
  );
  const open = await readOpenDatanets(state, [...new Set(sets.map((set) => set.contribution.datanetId))]);
  return {
    index: windowIndex(
      indexOfSets(sets, formedHeight),
      {
        contribution: (id) => contributions.get(id),
        ownerOf: ({ owner }) => present(owners.get(owner), "owners of all that stands were read"),
      },
      formedHeight,
    ),
    version: { height: version.height, datanets, released: (id) => licensed(contributions.get(id)) },
    common: (high, low) => common.has(fingerprintOf(high, low)),
    admitsAnybody: (datanet) => open.has(datanet),
  };
}

/**
 * By voucher, the keys that pay to the consumer and to its funder would follow, as of the height at which the batch was
 * formed. Throws VerifyFault.
 */
export async function readPayers(
  { state, bech32Prefix }: Pick<FactsWorld, "state" | "bech32Prefix">,
  { formedHeight }: BatchRecord,
  vouchers: readonly { readonly id: bigint; readonly consumer: string; readonly funder: string }[],
): Promise<ReadonlyMap<bigint, readonly Bytes[]>> {
  const payersOf = ({ consumer, funder }: (typeof vouchers)[number]): string[] =>
    funder === "" ? [consumer] : [consumer, funder];
  const texts = [...new Set(vouchers.flatMap(payersOf))];
  const keys = await readOwners(state, bech32Prefix, texts, formedHeight);
  return new Map(
    vouchers.map((voucher) => [
      voucher.id,
      payersOf(voucher).map((text) => present(keys.get(text), "all payers were read")),
    ]),
  );
}

/** The key that each owner's pay followed after the block of a height: changes are numbered without gaps. */
async function readOwners(
  state: ProvenState,
  prefix: string,
  texts: readonly string[],
  height: bigint,
): Promise<ReadonlyMap<string, Bytes>> {
  const addressOf = (text: string): Bytes => {
    const address = fromBech32(prefix, text);
    if (address === undefined) throw new VerifyFault("wrong_record", `owner ${text}`, "no address of this chain");
    return address;
  };
  const rows = await inOrder(texts, async (text) => {
    const owner = addressOf(text);
    let controller = owner;
    for (let number = 1; ; number++) {
      const what = `change ${number} of the key of ${text}`;
      const key = stateKeys.controllerChange(owner, number);
      const change = await state.find("tributary.payout.v1.ControllerChange", key, what);
      if (change === undefined || change.height > height) return [text, controller] as const;
      controller = addressOf(change.controller);
    }
  });
  return new Map(rows);
}

async function readOpenDatanets(state: ProvenState, ids: readonly bigint[]): Promise<ReadonlySet<bigint>> {
  const rows = await inOrder(ids, async (id) => {
    const { admission } = await state.get("tributary.datanet.v1.Datanet", stateKeys.datanet(id), `datanet ${id}`);
    return admission === ADMITS_ANYBODY ? id : undefined;
  });
  return new Set(rows.filter((id) => id !== undefined));
}
