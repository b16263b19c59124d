import { toBase64 } from "#proto/base64.js";
import { fromHex, toHex } from "#proto/bytes.js";
import { mustHold } from "#proto/client/verify/fault.js";
import { rpcSource, TrustedHeaders, VerifyFault } from "#proto/client/verify/index.js";
import { trustTerms } from "#proto/light/trust.js";
import { verifyState } from "#proto/light/state-proof.js";
import { headerHash } from "#proto/types/block.js";
import { connect, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { CliFault, usage } from "../../fault.js";
import { must, opt } from "../../option.js";
import { trustedGenesis, trustOptions } from "../../trust-option.js";

export default command({
  path: "query proof",
  summary: "Read a raw state key with its proof, verified from genesis.",
  args: {
    key: must(
      opt.of("The raw key in hex.", "hex", (text) => {
        const key = fromHex(text);
        if (key === undefined || key.length < 2) throw usage(`"${text}" is not a raw key in hex`);
        return key;
      }),
    ),
  },
  options: {
    height: opt.u64("The state after this height; the latest provable one unless given."),
    ...trustOptions,
    ...nodeOptions,
  },
  example: ["query proof 13020000000000000001", "query proof 1004 --height 20 -o json"],
  async run(values, world) {
    const genesis = trustedGenesis(values, world);
    const source = rpcSource(connect(values, world));
    const terms = trustTerms(genesis, BigInt(world.system.now()));
    try {
      const headers = await TrustedHeaders.open(source, genesis, terms, values.trust);
      const height = values.height ?? (await source.latestHeight()) - 1n;
      const { header } = (await headers.at(height + 1n)).block;
      const { value, proof } = await source.state(values.key, height);
      mustHold(`state key ${toHex(values.key)}`, verifyState(header, values.key, value, proof));
      world.out.data({
        key: values.key,
        value: value ?? null,
        height,
        header: headerHash(header),
        state_root: header.stateRoot,
        proof: toBase64(proof),
      });
    } catch (error) {
      throw error instanceof VerifyFault ? new CliFault("not_proven", error.message, { cause: error }) : error;
    }
  },
});
