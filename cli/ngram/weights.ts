import { u32be, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { merkleRoot } from "#proto/merkle/rfc6962.js";
import type { NgramModel } from "./train.js";

/** The data of a model's weights that a version pins. */
export interface WeightsDigest {
  /** RFC 6962 root over the SHA-256 of each shard. */
  readonly hash: Bytes;
  readonly bytes: bigint;
  readonly configHash: Bytes;
}

/** The model as files: words one a line, tokens and positions as 32-bit big-endian numbers. */
export function weightShards({ vocabulary, tokens, positions }: NgramModel): readonly Bytes[] {
  return [utf8(vocabulary.words().join("\n")), packed(tokens), packed(positions)];
}

export function configBytes({ config: { order, weight } }: NgramModel): Bytes {
  const { numerator, denominator } = weight;
  return utf8(JSON.stringify({ kind: "interpolated-ngram", order, weight: `${numerator}/${denominator}` }));
}

export function digestWeights(model: NgramModel): WeightsDigest {
  const shards = weightShards(model);
  return {
    hash: merkleRoot(shards.map((shard) => sha256(shard))),
    bytes: shards.reduce((sum, shard) => sum + BigInt(shard.length), 0n),
    configHash: sha256(configBytes(model)),
  };
}

function packed(numbers: Int32Array): Bytes {
  const out = new Uint8Array(4 * numbers.length);
  for (const [i, number] of numbers.entries()) out.set(u32be(number), 4 * i);
  return out;
}
