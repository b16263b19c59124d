import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gossipService } from "#p2p/transport/gossipsub.js";
import {
  gossipsub,
  StrictNoSign,
  TopicValidatorResult,
  type GossipSub,
  type GossipSubComponents,
} from "@libp2p/gossipsub";
import { identify } from "@libp2p/identify";
import type { Libp2p } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { createLibp2p } from "libp2p";

const TOPIC = "/tributary/test-1/txs/1";

function node(pubsub: (components: GossipSubComponents) => GossipSub): Promise<Libp2p<{ pubsub: GossipSub }>> {
  return createLibp2p({
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), pubsub },
  });
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let i = 0; !condition(); i++) {
    if (i > 500) throw new Error(what);
    await sleep(10);
  }
}

/** An attacker with the defaults of the library, and one of ours. */
async function attacked(
  topics: readonly string[],
  body: (ours: GossipSub, theirs: GossipSub) => Promise<void>,
): Promise<void> {
  const ours = await node(gossipService([TOPIC], 2_000));
  const theirs = await node(gossipsub({ globalSignaturePolicy: StrictNoSign, allowPublishToZeroTopicPeers: true }));
  try {
    ours.services.pubsub.subscribe(TOPIC);
    for (const topic of topics) theirs.services.pubsub.subscribe(topic);
    await theirs.dial(ours.getMultiaddrs());
    await body(ours.services.pubsub, theirs.services.pubsub);
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

const limit = { timeout: 10_000 };

test("a crowd of subscriptions in one message is not taken (hostile inputs 48, 49)", limit, () =>
  attacked([TOPIC, ...Array.from({ length: 500 }, (_, i) => `topic ${i}`)], async (ours) => {
    await sleep(1_000);
    assert.equal(ours.getSubscribers("topic 1").length, 0);
    assert.equal(ours.getSubscribers(TOPIC).length, 0, "the message that held them is dropped whole");
  }),
);

test("topics that are not ours are not remembered, ours are", limit, () =>
  attacked([TOPIC, "another"], async (ours) => {
    await until("a subscriber", () => ours.getSubscribers(TOPIC).length === 1);
    assert.equal(ours.getSubscribers("another").length, 0);
  }),
);

test("a message far over the bound ends its sender's stream and is never judged", limit, () =>
  attacked([TOPIC], async (ours, theirs) => {
    const heard: number[] = [];
    ours.topicValidators.set(TOPIC, (_from, message) => {
      heard.push(message.data.length);
      return TopicValidatorResult.Accept;
    });
    await until("a subscriber", () => theirs.getSubscribers(TOPIC).length === 1);
    await theirs.publish(TOPIC, new Uint8Array(1_000).fill(1));
    await until("the small one", () => heard.length > 0);
    await theirs.publish(TOPIC, new Uint8Array(9 * 1024 * 1024));
    await sleep(700);
    assert.deepEqual(heard, [1_000]);
  }),
);
