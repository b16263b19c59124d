import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { hasBit, packBits } from "#proto/wire/bits.js";
import {
  BLOCKS_WINDOW_BYTES,
  decodeBlocksAnswer,
  decodeBlocksQuestion,
  encodeBlocksAnswer,
  encodeBlocksQuestion,
} from "#proto/wire/blocks.js";
import {
  CONSENSUS_FRAME_BYTES_MAX,
  decodeConsensusFrame,
  encodeConsensusFrame,
  type ConsensusFrame,
  type ConsensusStatus,
} from "#proto/wire/consensus.js";
import {
  clipped,
  decodeSignerAnswer,
  decodeSignerRequest,
  encodeSignerAnswer,
  encodeSignerRequest,
  SIGNER_FRAME_BYTES_MAX,
  type SignerAnswer,
  type SignerRequest,
} from "#proto/wire/signer.js";
import { decodeStatus, encodeStatus } from "#proto/wire/status.js";
import { decodeTxs, encodeTxs, TXS_PER_MESSAGE_MAX } from "#proto/wire/txs.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";

const hash = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const blockId = blockIdFrom(hash(1), 1, hash(2));
const vote = {
  type: 1,
  height: 5n,
  round: 2,
  blockId,
  validator: hash(3).slice(0, 20),
  index: 3,
  signature: new Uint8Array(64).fill(4),
};
const signature = { index: 0, validator: vote.validator, signature: vote.signature };
const emptyStatus: ConsensusStatus = { height: 1n, round: 0, step: 1, rounds: [], parts: [] };

const frames: ConsensusFrame[] = [
  { kind: "vote", value: vote },
  {
    kind: "proposal",
    value: { height: 5n, round: 2, polRound: -1, blockId, proposer: vote.validator, signature: vote.signature },
  },
  {
    kind: "part",
    value: {
      height: 5n,
      parts: blockId.parts,
      part: { index: 0, bytes: new Uint8Array(65_536).fill(1), aunts: [hash(5)] },
    },
  },
  { kind: "polka", value: { height: 5n, round: 2, blockId, signatures: [signature] } },
  { kind: "round", value: { height: 5n, round: 2, votes: [vote] } },
  { kind: "commit", value: { height: 5n, round: 2, blockId, signatures: [signature] } },
  {
    kind: "status",
    value: {
      height: 5n,
      round: 3,
      step: 2,
      rounds: [{ round: 2, proposal: true, prevotes: packBits([0, 9]), precommits: packBits([]), polka: true }],
      parts: [{ parts: blockIdFrom(hash(1), 12, hash(2)).parts, have: packBits([3, 11]) }],
    },
  },
];

for (const frame of frames) {
  test(`a ${frame.kind} frame survives the wire, and no byte of it is loose`, () => {
    const bytes = encodeConsensusFrame(frame);
    assert.ok(bytes.length <= CONSENSUS_FRAME_BYTES_MAX);
    assert.deepEqual(decodeConsensusFrame(bytes), frame);
    assert.ok(isRejection(decodeConsensusFrame(concat(bytes, Uint8Array.of(0)))));
    assert.ok(isRejection(decodeConsensusFrame(bytes.subarray(0, bytes.length - 1))));
  });
}

const encode = (kind: ConsensusFrame["kind"], value: object): Uint8Array =>
  encodeConsensusFrame({ kind, value } as ConsensusFrame);
const part = { height: 1n, parts: blockId.parts, part: { index: 0, bytes: hash(1), aunts: [] } };
const commit = { height: 1n, round: 0, blockId, signatures: [signature] };
const proposal = { height: 5n, round: 2, polRound: -1, blockId, proposer: vote.validator, signature: vote.signature };
const rounds = (...numbers: number[]): object => ({
  ...emptyStatus,
  rounds: numbers.map((round) => ({ round, proposal: true, prevotes: hash(1), precommits: hash(1), polka: false })),
});
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** What is sent, and the field that the refusal names. */
const hostile: readonly (readonly [what: string, frame: Uint8Array, field: string | undefined])[] = [
  ["an empty frame", new Uint8Array(0), undefined],
  ["an unknown kind", Uint8Array.of(99), undefined],
  ["a vote of 10 kB", encode("vote", { ...vote, signature: new Uint8Array(10_000) }), undefined],
  ["a vote with an empty signature", encode("vote", { ...vote, signature: new Uint8Array(0) }), "signature"],
  ["a vote of type 32", encode("vote", { ...vote, type: 32 }), "type"],
  ["a vote for height 0", encode("vote", { ...vote, height: 0n }), "height"],
  ["a vote for round 2^32-1", encode("vote", { ...vote, round: 2 ** 32 - 1 }), "round"],
  [
    "a vote for a block id without parts",
    encode("vote", { ...vote, blockId: { ...blockId, parts: undefined } }),
    "blockId",
  ],
  ["a vote with index 1,000", encode("vote", { ...vote, index: 1000 }), "index"],
  ["a proposal whose polka is of its own round", encode("proposal", { ...proposal, polRound: 2 }), "polRound"],
  ["a proposal with polka round -2", encode("proposal", { ...proposal, polRound: -2 }), "polRound"],
  [
    "a proposal of 2^32-1 parts",
    encode("proposal", { ...proposal, blockId: { ...blockId, parts: { ...blockId.parts!, total: 2 ** 32 - 1 } } }),
    "blockId",
  ],
  [
    "a certificate of 1,001 signatures",
    encode("commit", { ...commit, signatures: range(1001).map((index) => ({ ...signature, index })) }),
    "signatures",
  ],
  ["a certificate without signatures", encode("commit", { ...commit, signatures: [] }), "signatures"],
  [
    "a certificate that counts one validator twice",
    encode("polka", { ...commit, signatures: [signature, signature] }),
    "signatures",
  ],
  ["a certificate for nil", encode("commit", { ...commit, blockId: undefined }), "blockId"],
  ["a round certificate with one vote twice", encode("round", { height: 1n, round: 0, votes: [vote, vote] }), "votes"],
  ["a part over 64 kB", encode("part", { ...part, part: { ...part.part, bytes: new Uint8Array(65_537) } }), "part"],
  [
    "a part with 101 aunts",
    encode("part", { ...part, part: { ...part.part, aunts: range(101).map(() => hash(1)) } }),
    "part",
  ],
  ["a part with an index beyond its set", encode("part", { ...part, part: { ...part.part, index: 1 } }), "part"],
  ["a part of no set", encode("part", { ...part, parts: undefined }), "parts"],
  [
    "a status with a bit array for 10,000 validators",
    encode("status", {
      ...emptyStatus,
      rounds: [{ round: 0, proposal: false, prevotes: hash(1), precommits: new Uint8Array(1250), polka: false }],
    }),
    "rounds",
  ],
  ["a status with rounds in disorder", encode("status", rounds(2, 1)), "rounds"],
  ["a status with 17 rounds", encode("status", rounds(...range(17))), "rounds"],
  ["a status with an unknown step", encode("status", { ...emptyStatus, step: 5 }), "step"],
  [
    "a status with more bits than parts",
    encode("status", {
      ...emptyStatus,
      parts: [{ parts: { ...blockId.parts!, total: 8 }, have: Uint8Array.of(1, 1) }],
    }),
    "parts",
  ],
  ["a crowd of 129 neighbours", encode("neighbours", { peers: range(129).map(String) }), "peers"],
];
for (const [what, bytes, field] of hostile) {
  test(`${what} is refused`, () => {
    const refusal = decodeConsensusFrame(bytes);
    assert.ok(isRejection(refusal));
    assert.equal(refusal.data["field"], field);
  });
}

test("bits read back what was packed, and nothing beyond", () => {
  const bits = packBits([0, 7, 8, 100]);
  assert.equal(bits.length, 13);
  assert.deepEqual(
    Array.from({ length: 200 }, (_, i) => i).filter((i) => hasBit(bits, i)),
    [0, 7, 8, 100],
  );
});

test("status and txs keep their bounds", () => {
  assert.deepEqual(decodeStatus(encodeStatus({ base: 1n, height: 2n ** 64n - 1n })), {
    base: 1n,
    height: 2n ** 64n - 1n,
  });
  assert.deepEqual(decodeTxs(encodeTxs([hash(1)])), [hash(1)]);
  for (const txs of [[], [new Uint8Array(0)], Array.from({ length: TXS_PER_MESSAGE_MAX + 1 }, () => hash(1))]) {
    assert.ok(isRejection(decodeTxs(encodeTxs(txs))));
  }
});

test("questions for blocks keep their bounds", () => {
  const good = { from: 1n, count: 16, offset: 0 };
  assert.deepEqual(decodeBlocksQuestion(encodeBlocksQuestion(good)), good);
  for (const bad of [{ from: 0n }, { count: 0 }, { count: 17 }, { offset: 2 ** 31 }]) {
    assert.ok(isRejection(decodeBlocksQuestion(encodeBlocksQuestion({ ...good, ...bad }))));
  }
});

test("answers with blocks keep their bounds before anything is allocated for them", () => {
  const window = (height: bigint, extra: object = {}) => ({
    height,
    certificate: hash(1),
    total: 32,
    offset: 0,
    bytes: hash(2),
    ...extra,
  });
  const decode = (...blocks: ReturnType<typeof window>[]): unknown =>
    decodeBlocksAnswer(encodeBlocksAnswer(blocks), 1_000);
  assert.deepEqual(decode(window(5n), window(6n)), [window(5n), window(6n)]);
  assert.deepEqual(decode(window(5n, { total: 1_000, offset: 968 })), [window(5n, { total: 1_000, offset: 968 })]);
  const refused: Record<string, ReturnType<typeof window>[]> = {
    "a gap": [window(5n), window(7n)],
    "a total over the largest block": [window(5n, { total: 1_001 })],
    "a window beyond its total": [window(5n, { total: 40, offset: 9 })],
    "no bytes": [window(5n, { bytes: new Uint8Array(0) })],
    "a part of a block among others": [window(5n, { total: 64, offset: 32 }), window(6n)],
    "a window that is not full and not the last one": [window(5n, { total: 64 })],
  };
  for (const [what, blocks] of Object.entries(refused)) assert.ok(isRejection(decode(...blocks)), what);
  const full = window(5n, { total: BLOCKS_WINDOW_BYTES + 1, bytes: new Uint8Array(BLOCKS_WINDOW_BYTES) });
  assert.deepEqual(decodeBlocksAnswer(encodeBlocksAnswer([full]), 2 * BLOCKS_WINDOW_BYTES), [full]);
});

const asked: SignerRequest = {
  version: 1,
  id: 9n,
  chainId: "tributary-1",
  vote: undefined,
  proposal: undefined,
  beacon: undefined,
  farewell: "",
};
const votes = { type: 1, height: 5n, round: 2, blockId };
const proposes = { height: 5n, round: 2, polRound: -1, blockId };
const proves = { height: 5n, previous: hash(7) };
const answered: SignerAnswer = {
  id: 9n,
  signature: new Uint8Array(0),
  key: undefined,
  refusal: undefined,
  failure: undefined,
};
const held = { publicKey: hash(8), height: 5n, round: 2, step: 3 };

test("signer frames survive the wire, and no byte of them is loose", () => {
  const requests: SignerRequest[] = [
    asked,
    { ...asked, vote: votes },
    { ...asked, vote: { ...votes, type: 2, blockId: undefined } },
    { ...asked, proposal: proposes },
    { ...asked, beacon: proves },
    { ...asked, farewell: clipped("ü".repeat(4000)) },
  ];
  const answers: SignerAnswer[] = [
    { ...answered, signature: vote.signature },
    { ...answered, key: held },
    { ...answered, refusal: { code: 4, reason: clipped("x".repeat(4000)) } },
    { ...answered, failure: { code: "signer.write", reason: "the disk" } },
  ];
  const rows = [
    ...requests.map((request) => [request, encodeSignerRequest(request), decodeSignerRequest] as const),
    ...answers.map((answer) => [answer, encodeSignerAnswer(answer), decodeSignerAnswer] as const),
  ];
  for (const [value, bytes, decode] of rows) {
    assert.ok(bytes.length <= SIGNER_FRAME_BYTES_MAX);
    assert.deepEqual(decode(bytes), value);
    assert.ok(isRejection(decode(concat(bytes, Uint8Array.of(0)))));
    assert.ok(isRejection(decode(bytes.subarray(0, bytes.length - 1))));
  }
});

const badRequests: readonly (readonly [what: string, request: SignerRequest, field: string])[] = [
  ["another version", { ...asked, version: 2 }, "version"],
  ["no chain id", { ...asked, chainId: "" }, "chainId"],
  ["a chain id of 51 characters", { ...asked, chainId: "c".repeat(51) }, "chainId"],
  ["two bodies", { ...asked, vote: votes, beacon: proves }, "body"],
  ["a farewell with a body", { ...asked, vote: votes, farewell: "bye" }, "body"],
  ["a vote of type 32, which a proposal has", { ...asked, vote: { ...votes, type: 32 } }, "type"],
  ["a vote at height 0", { ...asked, vote: { ...votes, height: 0n } }, "height"],
  ["a vote at height 2^63", { ...asked, vote: { ...votes, height: 1n << 63n } }, "height"],
  ["a vote in round 2^31", { ...asked, vote: { ...votes, round: 2 ** 31 } }, "round"],
  ["a half block id", { ...asked, vote: { ...votes, blockId: { ...blockId, parts: undefined } } }, "blockId"],
  ["a proposal for nil", { ...asked, proposal: { ...proposes, blockId: undefined } }, "blockId"],
  ["a polka of its own round", { ...asked, proposal: { ...proposes, polRound: 2 } }, "polRound"],
  ["a beacon after 31 bytes", { ...asked, beacon: { ...proves, previous: hash(1).slice(1) } }, "previous"],
];
for (const [what, request, field] of badRequests) {
  test(`a request to the signer with ${what} is refused for its ${field}`, () => {
    const decoded = decodeSignerRequest(encodeSignerRequest(request));
    assert.ok(isRejection(decoded) && decoded.data["field"] === field);
  });
}

const badAnswers: readonly (readonly [what: string, answer: SignerAnswer, field: string])[] = [
  ["nothing", answered, "body"],
  ["two bodies", { ...answered, signature: vote.signature, key: held }, "body"],
  [
    "a key of 33 bytes",
    { ...answered, key: { ...held, publicKey: concat(hash(1), hash(2)).slice(0, 33) } },
    "publicKey",
  ],
  ["an unknown step", { ...answered, key: { ...held, step: 4 } }, "step"],
  ["a round of 2^31", { ...answered, key: { ...held, round: 2 ** 31 } }, "round"],
];
for (const [what, answer, field] of badAnswers) {
  test(`an answer of the signer with ${what} is refused for its ${field}`, () => {
    const decoded = decodeSignerAnswer(encodeSignerAnswer(answer));
    assert.ok(isRejection(decoded) && decoded.data["field"] === field);
  });
}
