import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readU32be } from "#proto/bytes.js";
import { DEFAULT_CONFIG, type NgramModel } from "./train.js";
import { Vocabulary } from "./vocabulary.js";
import { weightShards } from "./weights.js";

const SHARDS = ["words.txt", "tokens.bin", "positions.bin"] as const;

/** Writes the shards of a model, as its version pins them. */
export function writeModel(dir: string, model: NgramModel): void {
  mkdirSync(dir, { recursive: true });
  for (const [i, shard] of weightShards(model).entries()) writeFileSync(join(dir, SHARDS[i]!), shard);
}

/** Reads what `writeModel` wrote. */
export function readModel(dir: string): NgramModel {
  const [words, tokens, positions] = SHARDS.map((name) => readFileSync(join(dir, name)));
  const vocabulary = new Vocabulary();
  for (const word of words!.toString("utf8").split("\n").slice(1)) vocabulary.add(word);
  return { config: DEFAULT_CONFIG, vocabulary, tokens: numbersOf(tokens!), positions: numbersOf(positions!) };
}

function numbersOf(bytes: Uint8Array): Int32Array {
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => readU32be(bytes, 4 * i));
}
