import { TopicValidatorResult } from "@libp2p/gossipsub";
import type { PeerId as LibPeerId } from "@libp2p/interface";
import type { Bytes } from "#proto/bytes.js";
import type { Verdict } from "../../host.js";
import { protocolRow } from "../../protocols/table.js";
import { idOf, type Context } from "./context.js";

const verdicts: Readonly<Record<Verdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
};

/** Lets the host judge what comes over a topic. */
export function validateTopic(context: Context, topic: string): void {
  const { name } = protocolRow(context.table, topic, "gossip");
  context.node.services.pubsub.topicValidators.set(idOf(context, topic), (from, { data }) =>
    validate(context, from, name, data),
  );
}

async function validate(
  { listener }: Context,
  from: LibPeerId,
  name: string,
  data: Bytes,
): Promise<TopicValidatorResult> {
  if (listener.events === undefined) return TopicValidatorResult.Ignore;
  try {
    return verdicts[await listener.events.gossip(from.toString(), name, Uint8Array.from(data))];
  } catch (error) {
    queueMicrotask(() => {
      throw error; // Gossipsub would swallow it: a bug in a judge stops the node like any other.
    });
    return TopicValidatorResult.Ignore;
  }
}
