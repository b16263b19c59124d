import type { Mutant } from "../mutant.js";

const muxer = "p2p/transport/muxer.js";
const rates = "p2p/switch/rate-limits.js";
const early = "node/gossip/early.js";
const eviction = "p2p/peers/eviction.js";
const share = "p2p/peers/fair-share.js";

/** What strangers may do to a node, and to the peace between honest ones. */
export const net: readonly Mutant[] = [
  {
    name: "what is written to an ended connection throws",
    rule: "N1",
    file: muxer,
    from: 'if (connection.status !== "open")\nreturn false;',
    to: "if (false)\nreturn false;",
  },
  {
    name: "a frame of any length is waited for",
    rule: "N1",
    file: muxer,
    from: "if (largest > WINDOW_BYTES_MAX)",
    to: "if (false)",
  },
  {
    name: "answers of the muxer wait without a bound",
    rule: "N1",
    file: muxer,
    from: "if (connection.writeBufferLength > UNSENT_BYTES_MAX)",
    to: "if (false)",
  },
  {
    name: "gossip over the rate costs its bringer",
    rule: "N3",
    file: rates,
    from: "return this.#take(link, name, rate, 1) &&",
    to: "return this.withinRate(peer, link, name, rate, 1) &&",
  },
  {
    name: "a frame over the rate costs score",
    rule: "N3",
    file: rates,
    from: "if (!this.#take(link, `${name}/flood`, floodOf(rate, times), count))",
    to: "if (!this.#take(link, `${name}/flood`, rate, count))",
  },
  {
    name: "no flood of frames costs score",
    rule: "N3",
    file: rates,
    from: "this.#trust.penalize(peer, penalties.overRate, `${name}: a flood`);",
    to: "",
  },
  {
    name: "strangers have no bound together",
    rule: "N7",
    file: share,
    from: "if (count > left || isGreedy(peer, count))",
    to: "if (false)",
  },
  {
    name: "who comes first takes the whole share",
    rule: "N7",
    file: share,
    from: "return (used.get(peer) ?? 0) + count > perSecond / members;",
    to: "return false;",
  },
  {
    name: "one host keeps all places",
    rule: "N5",
    file: eviction,
    from: "if (crowd.length >= (byHost.get(newcomer)?.length ?? 0) + 2)",
    to: "if (false)",
  },
  {
    name: "idle strangers keep their places",
    rule: "N5",
    file: eviction,
    from: "nowMs - lastMs(candidate) >= IDLE_MS",
    to: "false",
  },
  {
    name: "early frames of the banned are judged",
    rule: "N7",
    file: early,
    from: "shrink(peer, queue, []);",
    to: "",
  },
  {
    name: "early frames of one peer are judged before those of others",
    rule: "N7",
    file: early,
    from: "queues.delete(peer);\nif (queue.frames.length > 0)\nqueues.set(peer, queue);",
    to: "if (queue.frames.length === 0) queues.delete(peer);",
  },
];
