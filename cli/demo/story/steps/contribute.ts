import { ownAny } from "#proto/tx/build.js";
import { responseOf, type Actor } from "../actor.js";
import { roles } from "../cast.js";
import type { Story } from "../story.js";
import { counted } from "../talk.js";
import type { Prepared } from "../../corpus/prepare.js";
import { packBySize } from "../../../book/pack.js";
import type { Datanet } from "./datanet.js";

/** Room for everything of a transaction that is not fingerprints; the chain takes 128 kB. */
const FINGERPRINT_BYTES_PER_TX = 100_000;
const MESSAGE_BYTES = 512;

export interface Contributed {
  readonly id: bigint;
  readonly prepared: Prepared;
}

/** Commitments first, owner after owner: their order on the chain is seniority, and no text is public yet. */
export async function commitAll({ cast, talk }: Story, prepared: readonly Prepared[]): Promise<void> {
  for (const name of ownersOf(prepared)) {
    const { address: owner, send } = bound(cast(name));
    const texts = prepared.filter((text) => text.owner === name);
    const { height } = await send(
      ...texts.map(({ commitment, fpCount }) =>
        ownAny("tributary.datanet.v1.MsgCommitContribution", { owner, commitment, fpCount }),
      ),
    );
    talk.say(`${name} committed to ${counted(texts.length, "text")} in block ${height}`);
  }
}

/** Then the texts' roots and fingerprints; what does not fit into the first record follows in further ones. */
export async function contributeAll(
  { cast, talk }: Story,
  datanet: Datanet,
  prepared: readonly Prepared[],
): Promise<Contributed[]> {
  const all: Contributed[] = [];
  for (const name of ownersOf(prepared)) {
    const { address: owner, send } = bound(cast(name));
    const texts = prepared.filter((text) => text.owner === name);
    const mine: Contributed[] = [];
    const size = ({ chunks }: Prepared): number => chunks[0]!.length + MESSAGE_BYTES;
    for (const list of packBySize(texts, size, FINGERPRINT_BYTES_PER_TX)) {
      const tx = await send(...list.map((text) => contribution(owner, datanet, text)));
      for (const [i, text] of list.entries()) {
        const { contributionId: id } = responseOf(tx, "tributary.datanet.v1.MsgContributeResponse", i);
        mine.push({ id, prepared: text });
      }
    }
    const further = mine.flatMap(({ id, prepared: { chunks } }) =>
      chunks.slice(1).map((fingerprints, i) => ({ owner, contributionId: id, index: i + 1, fingerprints })),
    );
    for (const list of packBySize(further, (chunk) => chunk.fingerprints.length, FINGERPRINT_BYTES_PER_TX)) {
      await send(...list.map((chunk) => ownAny("tributary.datanet.v1.MsgAddFingerprints", chunk)));
    }
    talk.say(`${name} contributed ${described(mine)}`);
    all.push(...mine);
  }
  return all;
}

/** The message that opens a commitment. */
export function contribution(owner: string, datanet: Datanet, text: Prepared) {
  return ownAny("tributary.datanet.v1.MsgContribute", {
    owner,
    datanetId: datanet.id,
    nonce: text.nonce,
    contentRoot: text.contentRoot,
    contentBytes: text.contentBytes,
    recordCount: text.recordCount,
    mediaType: datanet.mediaType,
    title: text.title,
    termsVersion: datanet.termsVersion,
    termsHash: datanet.termsHash,
    fpRoot: text.fpRoot,
    fpCount: text.fpCount,
    tokenCount: text.tokenCount,
    fingerprints: text.chunks[0]!,
  });
}

function ownersOf(prepared: readonly Prepared[]): string[] {
  return roles.contributors.filter((name) => prepared.some(({ owner }) => owner === name));
}

function bound(actor: Actor): { readonly address: string; readonly send: Actor["send"] } {
  return { address: actor.address, send: (...messages) => actor.send(...messages) };
}

function described(mine: readonly Contributed[]): string {
  const fingerprints = mine.reduce((sum, { prepared }) => sum + prepared.fpCount, 0);
  return `${mine.map(({ id, prepared }) => `${id} "${prepared.title}"`).join(", ")}: ${fingerprints} fingerprints`;
}
