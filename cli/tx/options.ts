import { table } from "#node/config/table.js";
import { nodeOptions } from "../client.js";
import { keyringOptions } from "../keyring/open.js";
import { fromSetting, opt, section, short, withDefault, type Values } from "../option.js";
import { parseGas } from "./fee.js";

const defaults = table.client;

/** Flags of every command that sends a transaction. */
export const txOptions = {
  ...section("Transaction", {
    from: opt.text("Name or address of the signing key.", "key"),
    chainId: fromSetting("chain-id", opt.text("The chain to sign for (default: from the node).", "id")),
    gas: fromSetting("gas", withDefault(opt.of("Gas limit, or auto to simulate it.", "auto|n", parseGas), "auto")),
    gasAdjustment: fromSetting(
      "gas-adjustment",
      withDefault(
        opt.number("Factor applied to the simulated gas, 1 to 10.", 1, 10),
        defaults["gas-adjustment"].fallback,
      ),
    ),
    gasPrices: fromSetting(
      "gas-prices",
      withDefault(opt.text("Price of a unit of gas.", "price"), defaults["gas-prices"].fallback),
    ),
    fees: opt.text("Total fee, instead of --gas-prices.", "coin"),
    note: opt.text("A public note in the transaction.", "text"),
    memo: opt.text("Old name of --note.", "text"),
    timeoutHeight: withDefault(opt.u64("The transaction is invalid after this height; 0: never.", "height"), 0n),
    wait: fromSetting("wait", {
      ...opt.flag("Wait until the transaction is in a block; --no-wait returns after the mempool's check."),
      fallback: true,
    }),
    timeoutSeconds: fromSetting(
      "timeout-seconds",
      withDefault(opt.integer("How long to wait for the block.", 1, 3600, "s"), defaults["timeout-seconds"].fallback),
    ),
    broadcastMode: short(
      "b",
      opt.choice("Return after the mempool's check (sync) or at once (async), without waiting for a block.", [
        "sync",
        "async",
      ]),
    ),
    dryRun: opt.flag("Simulate and print gas and fee; send nothing."),
    generateOnly: opt.flag("Print the unsigned transaction as JSON; send nothing."),
    offline: opt.flag("Do not contact a node: needs --chain-id, --account-number, --sequence and a number for --gas."),
    accountNumber: short("a", opt.u64("The signer's account number, with --offline.")),
    sequence: short("s", opt.u64("The signer's sequence (default: from the node).")),
    signMode: withDefault(opt.choice("How the transaction is signed.", ["direct"]), "direct"),
    outputDocument: opt.text("File for the JSON of --generate-only, instead of stdout.", "file"),
  }),
  ...keyringOptions,
  ...nodeOptions,
};

export type TxValues = Values<typeof txOptions>;
