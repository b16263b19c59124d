import { toHex } from "#proto/bytes.js";
import { trustTerms } from "#proto/light/trust.js";
import { formatRfc3339 } from "#proto/time.js";
import { headerHash } from "#proto/types/block.js";
import { connect, nodeOptions } from "../client.js";
import { command } from "../command.js";
import { EXIT } from "../exit.js";
import { opt } from "../option.js";
import { VerifyFault } from "../verify/fault.js";
import { CliFault } from "../fault.js";
import { TrustedHeaders } from "../verify/headers.js";
import { rpcSource } from "../verify/source.js";
import { trustedGenesis, trustOptions } from "../verify/trust-option.js";

export const light = command({
  path: "light",
  summary: "Verify a node's headers from genesis on, and print the one that can be trusted.",
  details:
    "A header is trusted when more than two thirds of its validators signed it, and more than a third of those that were\n" +
    "trusted before. Headers in between are fetched only where the validators changed too much.",
  options: { height: opt.u64("Its height; the latest unless given."), ...trustOptions, ...nodeOptions },
  example: ["light", "light --height 100 --genesis genesis.json --node https://rpc.example.org -o json"],
  async run(values, world) {
    const genesis = trustedGenesis(values, world);
    const source = rpcSource(connect(values, world));
    const terms = trustTerms(genesis, BigInt(world.system.now()));
    try {
      const headers = await TrustedHeaders.open(source, genesis, terms, values.trust);
      const { header } = (await headers.at(values.height ?? (await source.latestHeight()))).block;
      world.out.data({
        chain_id: header.chainId,
        height: header.height,
        hash: toHex(headerHash(header)),
        time: formatRfc3339(header.time),
        proposer: header.proposer,
        state_root: header.stateRoot,
        state_height: header.height - 1n,
        validators_root: header.validatorsRoot,
        headers_verified: headers.verified,
      });
      return EXIT.ok;
    } catch (error) {
      throw error instanceof VerifyFault ? new CliFault("not_trusted", error.message, { cause: error }) : error;
    }
  },
});
