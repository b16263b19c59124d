import { equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { merkleRoot } from "#proto/merkle/rfc6962.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { GAS } from "../../../gas.js";
import { textProblem } from "../../../fields.js";
import { datanetErrors } from "../errors.js";
import { counts, releases } from "../keys.js";
import { limits } from "../limits.js";
import { countsOf, datanetOf, releaseOf, type Release } from "../records.js";
import { membersOf, releaseLeaf } from "../release-tree.js";

type MsgPublishRelease = Messages["tributary.datanet.v1.MsgPublishRelease"];
const response = message("tributary.datanet.v1.MsgPublishReleaseResponse");

/** The content of a release follows from the reviews, so any curator, or the creator, may publish it. */
export function publishRelease(context: Context, msg: MsgPublishRelease): Bytes | Rejection {
  const { view, block } = context;
  const datanet = datanetOf(view, msg.datanetId);
  if (datanet === undefined) return reject(datanetErrors.unknownDatanet, { datanet_id: msg.datanetId });
  if (datanet.creator !== msg.curator && !datanet.curators.includes(msg.curator)) {
    return reject(datanetErrors.notCurator, { signer: msg.curator });
  }
  const problem = textProblem("notes", msg.notes, 0, limits.noteBytes);
  if (problem !== undefined) return reject(datanetErrors.invalidField, problem);
  const now = countsOf(view, datanet.id);
  if (now.accepted === 0) return reject(datanetErrors.nothingToRelease, { datanet_id: datanet.id });
  const number = now.releases + 1;
  const totals = { contributions: 0, fingerprints: 0n, tokens: 0n, contentBytes: 0n };
  const leaves: Bytes[] = [];
  for (const [id, member] of membersOf(view, datanet.id, number)) {
    context.charge(2n * GAS.perHash); // A leaf and, on average, a node for each.
    leaves.push(releaseLeaf(id, member));
    totals.contributions++;
    totals.fingerprints += BigInt(member.fpCount);
    totals.tokens += BigInt(member.tokenCount);
    totals.contentBytes += member.contentBytes;
  }
  const root = merkleRoot(leaves);
  const last = releaseOf(view, datanet.id, now.releases);
  if (last !== undefined && equalBytes(last.root, root)) {
    return reject(datanetErrors.nothingChanged, { number: last.number });
  }

  const release: Release = {
    ...{ datanetId: datanet.id, number, root, ...totals, termsVersion: datanet.termsVersion },
    ...{ height: block.height, time: block.time, publisher: msg.curator, notes: msg.notes },
  };
  releases.put(view, [datanet.id, number], release);
  counts.put(view, [datanet.id], { ...now, releases: number });
  context.emit("datanet.release", {
    datanet_id: String(datanet.id),
    number: String(number),
    root: toHex(root),
    contributions: String(totals.contributions),
  });
  return response.encode({ number, root, contributions: totals.contributions });
}
