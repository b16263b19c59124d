import { toHex } from "#proto/bytes.js";
import { formatRfc3339 } from "#proto/time.js";
import {
  askWitnesses,
  rpcSource,
  TrustedHeaders,
  VerifyFault,
  type Divergence,
  type Opinion,
  type Witness,
} from "#proto/client/verify/index.js";
import { hashBytes } from "#proto/types/block-id.js";
import { headerHash } from "#proto/types/block.js";
import { connect, nodeOptions, shownNode, type NodeValues } from "../client.js";
import { command } from "../command.js";
import { opt, section } from "../option.js";
import { CliFault } from "../fault.js";
import { termOptions, termsOf, trustedGenesis, trustOptions } from "../trust-option.js";
import type { World } from "../world.js";

export default command({
  path: "light",
  summary: "Verify a node's headers from genesis, and print the trusted header.",
  details:
    "A header is trusted when more than two thirds of its validators signed it, and more than a third of those that were\n" +
    "trusted before. Headers in between are fetched only where the validators changed too much. Witnesses are other nodes\n" +
    "that must show the same header; one that proves another has found an attack, and each side gets the evidence.",
  options: {
    height: opt.u64("Height (default: the latest)."),
    ...trustOptions,
    ...termOptions,
    ...section("Node", {
      witness: opt.list("RPC of a node that must confirm the header; may be repeated.", "url", (url) => url),
    }),
    ...nodeOptions,
  },
  example: [
    "light",
    "light --height 100 --genesis genesis.json --node https://rpc.example.org --witness https://rpc.example.net -o json",
  ],
  async run(values, world) {
    const genesis = trustedGenesis(values, world);
    const primary = nodeAt(values, world, values.node);
    const terms = termsOf(values, genesis, BigInt(world.system.now()));
    try {
      const headers = await TrustedHeaders.open(primary.source, genesis, terms, values.trust);
      const believed = await headers.at(values.height ?? (await primary.source.latestHeight()));
      const witnesses = values.witness.map((url) => nodeAt(values, world, url));
      const beginning = { genesis, terms, point: values.trust };
      const found = await askWitnesses(primary, headers, believed, witnesses, beginning);
      if ("told" in found) throw attack(found);
      refuseLoneWord(witnesses, found);
      const { header } = believed.block;
      world.out.data({
        chain_id: header.chainId,
        height: header.height,
        hash: toHex(hashBytes(headerHash(header))),
        time: formatRfc3339(header.time),
        proposer: header.proposer,
        state_root: header.stateRoot,
        state_height: header.height - 1n,
        validators_root: header.validatorsRoot,
        headers_verified: headers.verified,
        witnesses: witnesses.map(({ name }, i) => `${name} ${found[i]}`),
      });
    } catch (error) {
      throw error instanceof VerifyFault ? new CliFault("not_trusted", error.message, { cause: error }) : error;
    }
  },
});

function nodeAt(values: NodeValues, world: World, url: string): Witness {
  const client = connect({ ...values, node: url }, world);
  return {
    name: shownNode(url),
    source: rpcSource(client),
    submitEvidence: (evidence) => client.broadcastEvidence(evidence),
  };
}

function attack({ witness, height, primaryHash, witnessHash, told }: Divergence): CliFault {
  const hashes = `${toHex(primaryHash)} and ${toHex(witnessHash)}`;
  return new CliFault(
    "divergence",
    `two chains: at height ${height} the node and witness ${witness} prove ${hashes}. ${told.join("; ")}`,
    { fix: "trust neither until you know which chain your peers are on" },
  );
}

/** With witnesses, at least one must confirm the header. */
function refuseLoneWord(witnesses: readonly Witness[], opinions: readonly Opinion[]): void {
  if (witnesses.length === 0 || opinions.includes("agrees")) return;
  const said = witnesses.map(({ name }, i) => `${name} ${opinions[i]}`).join(", ");
  throw new CliFault("no_witness", `no witness confirms the header: ${said}`, {
    fix: "--witness names others; without any the node is believed alone",
  });
}
