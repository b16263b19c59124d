import { fingerprintAt, fingerprintCount } from "#proto/attribution/packed.js";
import type { Messages } from "#proto/codec/message.js";
import type { Bytes } from "#proto/bytes.js";
import { present } from "#proto/assert.js";
import { allPages, type Client } from "#proto/client/index.js";

type Batch = Messages["tributary.attribution.v1.Batch"];
type Contribution = Messages["tributary.datanet.v1.Contribution"];

/** Everything that one batch's credits follow from, as the chain keeps it. */
export interface Committed {
  readonly batch: Batch;
  readonly beacon: Bytes;
  readonly vouchers: readonly Messages["tributary.attribution.v1.Voucher"][];
  readonly openings: readonly Messages["tributary.attribution.v1.OpenedReceipt"][];
  readonly credits: readonly Messages["tributary.attribution.v1.Credit"][];
  readonly version: Messages["tributary.model.v1.Version"];
  /** All of the chain, by id. */
  readonly contributions: ReadonlyMap<bigint, Contribution>;
  /** By fingerprint: the complete contributions that hold it. */
  readonly holders: ReadonlyMap<bigint, readonly bigint[]>;
  readonly licensed: ReadonlySet<bigint>;
  readonly common: ReadonlySet<bigint>;
  /** By contribution: what its datanet takes by the terms that it consented to. */
  readonly treasuries: ReadonlyMap<bigint, bigint>;
}

export async function fetchCommitted(node: Client, batchId: bigint): Promise<Committed> {
  const answer = await node.query("tributary.attribution.v1.Query/Batch", { batchId });
  const batch = present(answer.batch, "the query answers with the batch");
  const { version } = await node.query("tributary.model.v1.Query/Version", { versionId: batch.versionId });
  const contributions = await fetchContributions(node);
  return {
    batch,
    beacon: answer.epoch?.beacon ?? new Uint8Array(0),
    vouchers: await allPages(
      (pagination) => node.query("tributary.attribution.v1.Query/Vouchers", { batchId, pagination }),
      ({ vouchers }) => vouchers,
    ),
    openings: await allPages(
      (pagination) => node.query("tributary.attribution.v1.Query/Openings", { batchId, pagination }),
      ({ openings }) => openings,
    ),
    credits: await allPages(
      (pagination) => node.query("tributary.attribution.v1.Query/Credits", { batchId, pagination }),
      ({ credits }) => credits,
    ),
    version: present(version, "the query answers with the version"),
    contributions: new Map(contributions.map((one) => [one.id, one])),
    holders: await fetchHolders(
      node,
      contributions.filter(({ completeHeight }) => completeHeight > 0n),
    ),
    licensed: await fetchLicensed(node, batch.versionId, contributions),
    common: new Set(
      await allPages(
        (pagination) => node.query("tributary.attribution.v1.Query/Common", { pagination }),
        ({ fingerprints }) => fingerprints,
      ),
    ),
    treasuries: await fetchTreasuries(node, contributions),
  };
}

async function fetchContributions(node: Client): Promise<Contribution[]> {
  const datanets = await allPages(
    (pagination) => node.query("tributary.datanet.v1.Query/Datanets", { pagination }),
    ({ datanets }) => datanets,
  );
  const all: Contribution[] = [];
  for (const { id: datanetId } of datanets) {
    all.push(
      ...(await allPages(
        (pagination) => node.query("tributary.datanet.v1.Query/Contributions", { datanetId, pagination }),
        ({ contributions }) => contributions,
      )),
    );
  }
  return all;
}

async function fetchHolders(node: Client, contributions: readonly Contribution[]): Promise<Map<bigint, bigint[]>> {
  const holders = new Map<bigint, bigint[]>();
  for (const { id: contributionId } of contributions) {
    for (let [index, chunks] = [0, 1]; index < chunks; index++) {
      const path = "tributary.datanet.v1.Query/Fingerprints";
      const answer = await node.query(path, { contributionId, index });
      chunks = answer.chunks;
      for (let i = 0; i < fingerprintCount(answer.fingerprints); i++) {
        const fingerprint = fingerprintAt(answer.fingerprints, i);
        const known = holders.get(fingerprint);
        if (known === undefined) holders.set(fingerprint, [contributionId]);
        else known.push(contributionId);
      }
    }
  }
  return holders;
}

async function fetchLicensed(
  node: Client,
  versionId: bigint,
  contributions: readonly Contribution[],
): Promise<Set<bigint>> {
  const licensed = new Set<bigint>();
  for (const { id: contributionId } of contributions) {
    const { eligible } = await node.query("tributary.model.v1.Query/Eligible", { versionId, contributionId });
    if (eligible) licensed.add(contributionId);
  }
  return licensed;
}

async function fetchTreasuries(node: Client, contributions: readonly Contribution[]): Promise<Map<bigint, bigint>> {
  const treasuries = new Map<bigint, bigint>();
  for (const { id, datanetId, termsVersion: version } of contributions) {
    const { terms } = await node.query("tributary.datanet.v1.Query/Terms", { datanetId, version });
    treasuries.set(id, BigInt(present(terms, "the query answers with the terms").treasuryBasisPoints));
  }
  return treasuries;
}
