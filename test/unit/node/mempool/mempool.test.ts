import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex, u32be, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection, lasting, reject, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { Admission, Judge } from "#node/mempool/deps.js";
import { Mempool } from "#node/mempool/mempool.js";

/** tx = sender (1 byte), sequence (1 byte), price (1 byte), gas (1 byte), filler. */
function tx(sender: number, sequence: number, price = 1, gas = 1, size = 4): Bytes {
  const bytes = new Uint8Array(size);
  bytes.set([sender, sequence, price, gas]);
  return bytes;
}

/** Judges by sequences alone, as the state machine would; answers later, so that calls can overlap. */
class SequenceJudge implements Judge {
  readonly committed = new Map<number, number>();
  #pending = new Map<number, number>();

  async check(txs: readonly Bytes[]): Promise<readonly (Admission | Rejection)[]> {
    await Promise.resolve();
    return txs.map((bytes) => this.#judge(bytes));
  }

  async recheck(txs: readonly Bytes[]): Promise<readonly number[]> {
    await Promise.resolve();
    this.#pending = new Map(this.committed);
    return txs.flatMap((bytes, i) => (isRejection(this.#judge(bytes)) ? [i] : []));
  }

  commit(txs: readonly Bytes[]): void {
    for (const [sender, sequence] of txs) this.committed.set(sender!, sequence! + 1);
  }

  #judge(bytes: Bytes): Admission | Rejection {
    const [sender, sequence, price, gas] = bytes as unknown as [number, number, number, number];
    if (sequence !== (this.#pending.get(sender) ?? 0)) return reject(sdkErrors.wrongSequence);
    this.#pending.set(sender, sequence + 1);
    return {
      hash: sha256(bytes),
      gasWanted: BigInt(gas),
      gasPrice: BigInt(price),
      sender: Uint8Array.of(sender),
      sequence: BigInt(sequence),
    };
  }
}

const limits = { txsMax: 5, bytesMax: 100, seenMax: 10, refusedMax: 3 };
const names = (txs: readonly Bytes[]): string[] => txs.map((bytes) => `${bytes[0]}/${bytes[1]}`);

test("a block takes the dearest first and never a later sequence before an earlier one", async () => {
  const pool = new Mempool(new SequenceJudge(), { ...limits, txsMax: 10 });
  for (const each of [tx(1, 0, 1), tx(1, 1, 9), tx(2, 0, 5), tx(3, 0, 5)]) {
    assert.ok(!isRejection(await pool.admit(each)));
  }
  assert.deepEqual(names(pool.reap(100, 100n)), ["2/0", "3/0", "1/0", "1/1"]);
  assert.deepEqual(names(pool.reap(18, 100n)), ["2/0", "3/0"]);
  assert.deepEqual(names(pool.reap(100, 3n)), ["2/0", "3/0", "1/0"]);
});

test("a tx that does not fit holds back the later ones of its sender only", async () => {
  const pool = new Mempool(new SequenceJudge(), { ...limits, txsMax: 10 });
  for (const each of [tx(1, 0, 9, 50), tx(1, 1, 9, 1), tx(2, 0, 1, 1)]) await pool.admit(each);
  assert.deepEqual(names(pool.reap(100, 10n)), ["2/0"]);
});

test("refuses the same tx twice, a full pool and an oversized tx, each by its code", async () => {
  const pool = new Mempool(new SequenceJudge(), limits);
  assert.ok(!isRejection(await pool.admit(tx(1, 0))));
  const codeOf = (answer: Admission | Rejection): number => (isRejection(answer) ? answer.code : 0);
  assert.equal(codeOf(await pool.admit(tx(1, 0))), sdkErrors.txInMempoolCache.code);
  assert.equal(codeOf(await pool.admit(tx(9, 0, 1, 1, 101))), sdkErrors.mempoolIsFull.code);
  for (let sender = 2; sender < 6; sender++) await pool.admit(tx(sender, 0));
  assert.equal(codeOf(await pool.admit(tx(7, 0))), sdkErrors.mempoolIsFull.code);
  assert.equal(pool.size, 5);
  assert.equal(pool.bytes, 20);
});

test("what was refused may come again: a missing sequence can arrive", async () => {
  const pool = new Mempool(new SequenceJudge(), limits);
  assert.ok(isRejection(await pool.admit(tx(1, 1))));
  await pool.admit(tx(1, 0));
  assert.ok(!isRejection(await pool.admit(tx(1, 1))));
});

test("what no later state heals is judged once while it is remembered; the last few are", async () => {
  const judged: string[] = [];
  const judge: Judge = {
    check(txs) {
      for (const bytes of txs) judged.push(toHex(bytes));
      const why = (bytes: Bytes) => reject(sdkErrors.unauthorized, { log: "no ".repeat(1_000), sender: bytes[0] });
      return Promise.resolve(txs.map((bytes) => (bytes[1] === 0 ? lasting(why(bytes)) : why(bytes))));
    },
    recheck: () => Promise.resolve([]),
  };
  const pool = new Mempool(judge, limits);
  const answer = async (bytes: Bytes): Promise<Rejection> => {
    const refused = await pool.admit(bytes);
    assert.ok(isRejection(refused));
    return refused;
  };
  const first = await answer(tx(1, 0));
  const again = await answer(tx(1, 0));
  assert.deepEqual([again.codespace, again.code, judged.length], [first.codespace, first.code, 1]);
  assert.ok(String(again.data["log"]).length <= 300, "what is remembered is bounded");
  await answer(tx(2, 1));
  await answer(tx(2, 1));
  assert.equal(judged.length, 3, "another state may heal it");
  for (const sender of [3, 4, 5]) await answer(tx(sender, 0));
  await answer(tx(1, 0));
  assert.equal(judged.length, 7, "the oldest of three was forgotten");
});

test("a tx admitted around a commit is not lost", async () => {
  const judge = new SequenceJudge();
  const pool = new Mempool(judge, limits);
  const first = tx(1, 0);
  await pool.admit(first);
  judge.commit([first]);
  const [, admitted] = await Promise.all([pool.update([first]), pool.admit(tx(1, 1)), pool.admit(tx(2, 0))]);
  assert.ok(!isRejection(admitted));
  assert.deepEqual(names(pool.reap(100, 100n)), ["1/1", "2/0"]);
  const before = pool.admit(tx(3, 0));
  judge.commit([]);
  await Promise.all([before, pool.update([])]);
  assert.equal(pool.size, 3);
});

test("after a block what it took is gone, what it made wrong is gone, the rest stays", async () => {
  const judge = new SequenceJudge();
  const pool = new Mempool(judge, limits);
  for (const each of [tx(1, 0), tx(2, 0), tx(3, 0)]) await pool.admit(each);
  judge.commit([tx(1, 0), tx(2, 0, 7)]); // Another tx of sender 2 with the same sequence was in the block.
  await pool.update([tx(1, 0), tx(2, 0, 7)]);
  assert.deepEqual(pool.list(10).map(toHex), [toHex(tx(3, 0))]);
  assert.equal(pool.bytes, 4);
});

test("memory of seen hashes is bounded", async () => {
  const pool = new Mempool(new SequenceJudge(), { txsMax: 1000, bytesMax: 10_000, seenMax: 3, refusedMax: 3 });
  for (let i = 0; i < 20; i++) await pool.admit(Uint8Array.from([...u32be(i).reverse()]));
  assert.ok(pool.size <= 20);
});

test("what waits for its check is bounded, and who comes then is told that the pool is full", async () => {
  const never: Judge = { check: () => new Promise(() => undefined), recheck: () => Promise.resolve([]) };
  const pool = new Mempool(never);
  const large = new Uint8Array(128 * 1024);
  const answers: unknown[] = [];
  for (let i = 0; i < 300; i++) void pool.admit(large).then((answer) => answers.push(answer));
  await Promise.resolve();
  assert.equal(answers.length, 300 - 256, "32 MB wait");
  const many = new Mempool(never);
  for (let i = 0; i < 10_000; i++) void many.admit(u32be(i));
  const refused = await many.admit(u32be(10_000));
  assert.ok(isRejection(refused) && refused.code === sdkErrors.mempoolIsFull.code);
  assert.match(String(refused.data["log"]), /10000 transactions .* wait/);
});

/** Answers each question when it is told to. */
class SlowJudge extends SequenceJudge {
  readonly questions: Bytes[][] = [];
  #answer: (() => void)[] = [];

  override async check(txs: readonly Bytes[]): Promise<readonly (Admission | Rejection)[]> {
    this.questions.push([...txs]);
    await new Promise<void>((resolve) => this.#answer.push(resolve));
    return super.check(txs);
  }

  async answerAll(): Promise<void> {
    while (this.#answer.length > 0) {
      for (const answer of this.#answer.splice(0)) answer();
      for (let i = 0; i < 20; i++) await Promise.resolve();
    }
  }
}

for (const count of [10, 1_000]) {
  test(`what comes while the judge answers is one question, a hundred at most: ${count} transactions`, async () => {
    const judge = new SlowJudge();
    const pool = new Mempool(judge, { txsMax: 5_000, bytesMax: 1_000_000, seenMax: 10_000, refusedMax: 10 });
    const txs = Array.from({ length: count }, (_, i) => tx(i % 250, Math.floor(i / 250)));
    const admitted = Promise.all(txs.map((each) => pool.admit(each)));
    await Promise.resolve();
    await judge.answerAll();
    assert.ok(!(await admitted).some(isRejection));
    assert.deepEqual(judge.questions.flat(), txs, "in the order of arrival");
    assert.equal(judge.questions.length, 1 + Math.ceil((count - 1) / 100));
    assert.equal(pool.size, count);
  });
}

test("in one question: copies are answered like the first, and a pool fills up to its bound, never above", async () => {
  const judge = new SlowJudge();
  const pool = new Mempool(judge, limits);
  const sent = [tx(1, 0), tx(2, 1), tx(2, 1), tx(3, 0), tx(3, 0), tx(4, 0), tx(5, 0), tx(6, 0), tx(7, 0)];
  const answers = Promise.all(sent.map((each) => pool.admit(each)));
  await Promise.resolve();
  await judge.answerAll();
  const { wrongSequence, txInMempoolCache, mempoolIsFull } = sdkErrors;
  assert.deepEqual(
    (await answers).map((answer) => (isRejection(answer) ? answer.code : 0)),
    [0, wrongSequence.code, wrongSequence.code, 0, txInMempoolCache.code, 0, 0, 0, mempoolIsFull.code],
  );
  assert.equal(pool.size, limits.txsMax);
});

test("a commit goes between two questions; a judge that is lost fails those it was asked about", async () => {
  const judge = new SlowJudge();
  const pool = new Mempool(judge, limits);
  const first = pool.admit(tx(1, 0));
  const second = pool.admit(tx(2, 0));
  const updated = pool.update([]).then(() => judge.questions.length);
  await judge.answerAll();
  assert.equal(await updated, 1, "before the second question");
  assert.ok(!isRejection(await first) && !isRejection(await second));
  const lost: Judge = { check: () => Promise.reject(new Error("lost")), recheck: () => Promise.resolve([]) };
  const failing = new Mempool(lost, limits);
  await assert.rejects(failing.admit(tx(1, 0)), /lost/);
});
