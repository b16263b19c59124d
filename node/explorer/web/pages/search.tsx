import { useEffect } from "preact/hooks";
import { fromHex } from "#proto/bytes.js";
import { linkTo, type PageName } from "../../present/route.js";
import { guesses, type Guess } from "../../present/search.js";
import { lineOf } from "../../present/text.js";
import { useAnswer } from "../ask.js";
import { useChain } from "../live.js";
import { isNotFound, node } from "../node.js";
import { readValidators } from "../read-validators.js";
import { Card, Empty, PageHead } from "../parts/basic.js";
import { Shown } from "../parts/shown.js";

interface Hit extends Guess {
  readonly name: string;
}

/** What a typed text means on this chain: one thing is opened at once, several are listed. */
export function Search({ text }: { readonly text: string }) {
  const { prefix } = useChain();
  const answer = useAnswer(`search ${text}`, async () => {
    const found = await Promise.all(guesses(text, prefix).map((guess) => look(guess, prefix)));
    return found.filter((hit) => hit !== undefined);
  });
  const hits = answer.value;
  useEffect(() => {
    // The search itself is no place to come back to.
    if (hits?.length === 1) location.replace(linkTo(hits[0]!.page, ...hits[0]!.parts));
  }, [hits]);
  return (
    <>
      <PageHead kind="Search" title={<bdi>{lineOf(text, 80)}</bdi>} />
      <Card title="Found">
        <Shown answer={answer}>
          {(found) =>
            found.length === 0 ? (
              <Empty>
                Nothing on this chain has this name. The box finds heights, block and transaction hashes, addresses, the
                short names of datanets and models, and numbers with what they count: batch 2, contribution 5, receipt 1
                1 7.
              </Empty>
            ) : (
              <ul class="hits">
                {found.map(({ page, parts, name }) => (
                  <li key={page}>
                    <a href={linkTo(page, ...parts)}>
                      <b>{KINDS[page] ?? page}</b> <bdi>{lineOf(name, 100)}</bdi>
                    </a>
                  </li>
                ))}
              </ul>
            )
          }
        </Shown>
      </Card>
    </>
  );
}

const KINDS: Partial<Record<PageName, string>> = {
  block: "Block",
  contribution: "Contribution",
  datanet: "Datanet",
  model: "Model",
  version: "Version",
  batch: "Batch",
  receipt: "Opened answer",
  transaction: "Transaction",
  validator: "Validator",
  account: "Account",
  contributor: "Earnings and contributions",
  provider: "Provider",
};

/** The name of what a guess is of; undefined when there is none. */
const LOOKS: Partial<Record<PageName, (parts: readonly string[], prefix: string) => Promise<string | undefined>>> = {
  async block([text = ""]) {
    const hash = text.length === 64 ? fromHex(text.toLowerCase()) : undefined;
    if (hash === undefined) return (await node.block(BigInt(text))).block_id.hash;
    const { block } = await node.call("block_by_hash", { hash });
    return block === null ? undefined : block.header.height;
  },
  async transaction([text = ""]) {
    const found = await node.tx(fromHex(text.toLowerCase()) ?? new Uint8Array(32));
    return found === undefined ? undefined : `in block ${found.height}`;
  },
  async contribution([id = ""]) {
    const { contribution } = await node.query("tributary.datanet.v1.Query/Contribution", {
      contributionId: BigInt(id),
    });
    return contribution?.title;
  },
  async datanet([name = ""]) {
    const { datanet } = await node.query("tributary.datanet.v1.Query/Datanet", named(name, "datanetId"));
    return datanet?.title;
  },
  async model([name = ""]) {
    const { model } = await node.query("tributary.model.v1.Query/Model", named(name, "modelId"));
    return model?.title;
  },
  async version([id = ""]) {
    const { version } = await node.query("tributary.model.v1.Query/Version", { versionId: BigInt(id) });
    return version?.label;
  },
  async batch([id = ""]) {
    const { batch } = await node.query("tributary.attribution.v1.Query/Batch", { batchId: BigInt(id) });
    return batch && `of epoch ${batch.epoch}`;
  },
  async receipt([batch = "", voucher = "", index = ""]) {
    const place = { batchId: BigInt(batch), voucherId: BigInt(voucher), index: BigInt(index) };
    const { opened } = await node.query("tributary.attribution.v1.Query/Opening", place);
    return opened && `of batch ${batch}`;
  },
  async validator([text = ""], prefix) {
    const all = await readValidators(prefix);
    return all.find(({ operator, consensus, address }) => [operator, consensus, address].includes(text))?.moniker;
  },
  async contributor([address = ""]) {
    const [{ account }, { contributions }] = await Promise.all([
      node.query("tributary.payout.v1.Query/Statement", { owner: address, pagination: ONE }),
      node.query("tributary.datanet.v1.Query/ContributionsByOwner", { owner: address, pagination: ONE }),
    ]);
    const isKnown =
      contributions.length > 0 || (account !== undefined && (account.matured !== "0" || account.pending !== "0"));
    return isKnown ? address : undefined;
  },
  async provider([address = ""]) {
    const { batches } = await node.query("tributary.attribution.v1.Query/Batches", {
      provider: address,
      pagination: ONE,
    });
    return batches.length > 0 ? address : undefined;
  },
  account: ([address]) => Promise.resolve(address),
};

const ONE = { key: new Uint8Array(0), offset: 0n, limit: 1n, countTotal: false, reverse: false };

const named = <F extends string>(name: string, field: F) =>
  (/^\d+$/.test(name) ? { [field]: BigInt(name) } : { slug: name }) as { readonly slug?: string } & {
    readonly [K in F]?: bigint;
  };

async function look({ page, parts }: Guess, prefix: string): Promise<Hit | undefined> {
  const ask = LOOKS[page];
  if (ask === undefined) return undefined;
  try {
    const name = await ask(parts, prefix);
    return name === undefined ? undefined : { page, parts, name };
  } catch (error) {
    // A height above the chain's is refused by name, and a number of what is not there is not found.
    if (isNotFound(error) || (page === "block" && error instanceof Error && /height|pruned/.test(error.message))) {
      return undefined;
    }
    throw error;
  }
}
