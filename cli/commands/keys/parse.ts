import { bech32 } from "@scure/base";
import { fromHex, toHex, type Bytes } from "#proto/bytes.js";
import { toBech32 } from "#proto/crypto/address.js";
import { command } from "../../command.js";
import { usage } from "../../fault.js";
import { must, opt } from "../../option.js";
import type { ChainTerms, World } from "../../world.js";

/** Both forms of an address from either. @throws CliFault(usage) */
export function parseAddress(text: string): { readonly prefix: string | undefined; readonly bytes: Bytes } {
  const hex = fromHex(text);
  if (hex?.length === 20) return { prefix: undefined, bytes: hex };
  try {
    const { prefix, bytes } = bech32.decodeToBytes(text);
    return { prefix, bytes };
  } catch (cause) {
    throw usage(
      `"${text}" is neither 40 hex digits nor a bech32 address`,
      cause instanceof Error ? cause.message : undefined,
    );
  }
}

export function addressForms(bytes: Bytes, { prefix }: ChainTerms) {
  return {
    hex: toHex(bytes).toUpperCase(),
    account: toBech32(prefix, bytes),
    operator: toBech32(`${prefix}valoper`, bytes),
    consensus: toBech32(`${prefix}valcons`, bytes),
  };
}

export function showAddress(text: string, world: World): void {
  world.out.data(addressForms(parseAddress(text).bytes, world.terms));
}

export default command({
  path: "keys parse",
  summary: "Convert an address between hex and bech32.",
  args: { address: must(opt.text("Hex, or bech32 of any prefix.")) },
  example: ["keys parse trib1...", "keys parse 0123456789ABCDEF0123456789ABCDEF01234567"],
  async run({ address }, world) {
    showAddress(address, world);
  },
});
