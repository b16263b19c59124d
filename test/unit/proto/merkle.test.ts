import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { concat, fromHex, toHex, type Bytes } from "#proto/bytes.js";
import { leafHash, merkleProofs, merkleRoot, verifyMerkle } from "#proto/merkle/rfc6962.js";

const hex = (text: string): Bytes => fromHex(text)!;

/** The leaves and roots of the reference implementation of RFC 6962 (certificate-transparency). */
const LEAVES = [
  ...["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"],
].map(hex);
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

test("roots are those of RFC 6962's reference implementation", () => {
  for (const [count, root] of ROOTS.entries()) {
    assert.equal(toHex(merkleRoot(LEAVES.slice(0, count))), root, `${count} leaves`);
    assert.equal(toHex(merkleProofs(LEAVES.slice(0, count)).root), root, `${count} leaves, with proofs`);
  }
});

test("every leaf is proven, in its place alone", () => {
  for (let count = 1; count <= LEAVES.length; count++) {
    const leaves = LEAVES.slice(0, count);
    const { root, proofs } = merkleProofs(leaves);
    for (const [i, proof] of proofs.entries()) {
      assert.ok(verifyMerkle(root, leaves[i]!, proof));
      for (const index of [-1, i - 1, i + 1, count, 0.5, NaN]) {
        assert.ok(!verifyMerkle(root, leaves[i]!, { ...proof, index }), `${i} of ${count} at ${index}`);
      }
    }
  }
});

test("an inner node does not pass for a leaf, nor two leaves for one (hostile input 67)", () => {
  const [left, right] = [leafHash(LEAVES[1]!), leafHash(LEAVES[2]!)];
  const root = merkleRoot(LEAVES.slice(1, 3));
  for (const data of [concat(left, right), concat(Uint8Array.of(1), left, right)]) {
    assert.ok(!verifyMerkle(root, data, { index: 0, total: 1, aunts: [] }));
  }
  const plain = (data: Bytes): string => createHash("sha256").update(data).digest("hex");
  assert.notEqual(toHex(leafHash(LEAVES[3]!)), plain(LEAVES[3]!));
  assert.notEqual(toHex(root), plain(concat(left, right)));
});
