import { rpcSource } from "#proto/client/verify/index.js";
import { stateKeys } from "#proto/light/state-keys.js";
import { certificateCodec, headerCodec } from "#proto/types/block.js";
import { toMessage, validatorSetCodec } from "#proto/types/validators.js";
import { awaitRedeemed, awaitSettled } from "#cli/demo/story/steps/settled.js";
import type { Story } from "#cli/demo/story/story.js";
import type { Bench } from "../suite.js";

/**
 * What a phone that believes a header receives to verify one line of its own statement: the credit with its proof, and a header
 * with certificate and validators.
 */
export async function proof(bench: Bench, story: Story): Promise<void> {
  await awaitRedeemed(story, 1n);
  const [batch] = await awaitSettled(story);
  const { credits } = await story.node.query("tributary.attribution.v1.Query/Credits", { batchId: batch!.id });
  const source = rpcSource(story.node);
  const height = (await source.latestHeight()) - 1n;
  const { header, certificate, validators } = await source.lightBlock(height + 1n);
  const key = stateKeys.credit(batch!.id, credits[0]!.contributionId);
  const { value, proof: shown } = await source.state(key, height);
  const bytes =
    (value?.length ?? 0) +
    shown.length +
    headerCodec.encode(header).length +
    certificateCodec.encode(certificate).length +
    validatorSetCodec.encode(toMessage(validators)).length;
  bench.result({ name: "phone_proof_bytes", value: bytes, unit: "bytes" });
}
