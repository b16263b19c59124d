import { fromBase64, toBase64 } from "../../base64.js";
import { toHex, utf8, type Bytes } from "../../bytes.js";
import { canonicalJson } from "../../canonical-json.js";
import { isJsonObject, parseJson, type JsonObject } from "../../codec/json-text.js";
import { sha256 } from "../../crypto/hash.js";
import type { LightBlock } from "../../light/header.js";
import { isRejection } from "../../rejection.js";
import { certificateCodec, headerCodec } from "../../types/block.js";
import { fromMessage, toMessage, validatorSetCodec } from "../../types/validators.js";
import { must, VerifyFault } from "./fault.js";
import type { Claim, OpeningPlace, Source } from "./source.js";

const FORMAT = "tributary-payout-1";

/** Everything that a verification asked for, with its proofs: as little to be believed as a node. */
export interface Bundle {
  readonly format: typeof FORMAT;
  /** Unix milliseconds at which it was fetched: the clock for a later recomputation. */
  readonly time: string;
  readonly latestHeight: string;
  /** By height: canonical header, certificate and validator set, base64. */
  readonly lightBlocks: Readonly<Record<string, Readonly<Record<"header" | "certificate" | "validators", string>>>>;
  /** By height and hex key: value (null if absent) and proof, base64. */
  readonly state: Readonly<Record<string, Readonly<Record<string, { value: string | null; proof: string }>>>>;
  readonly vouchers: Readonly<Record<string, readonly string[]>>;
  readonly openings: Readonly<Record<string, readonly (readonly [voucherId: string, index: string])[]>>;
}

/** A source that keeps what another one answered. */
export class Recording implements Source {
  readonly #below: Source;
  #latest = 0n;
  readonly #blocks: Record<string, Bundle["lightBlocks"][string]> = {};
  readonly #state: Record<string, Record<string, { value: string | null; proof: string }>> = {};
  readonly #vouchers: Record<string, readonly string[]> = {};
  readonly #openings: Record<string, readonly (readonly [string, string])[]> = {};

  constructor(below: Source) {
    this.#below = below;
  }

  async latestHeight(): Promise<bigint> {
    this.#latest = await this.#below.latestHeight();
    return this.#latest;
  }

  async lightBlock(height: bigint): Promise<LightBlock> {
    const block = await this.#below.lightBlock(height);
    this.#blocks[String(height)] = {
      header: toBase64(headerCodec.encode(block.header)),
      certificate: toBase64(certificateCodec.encode(block.certificate)),
      validators: toBase64(validatorSetCodec.encode(toMessage(block.validators))),
    };
    return block;
  }

  async state(key: Bytes, height: bigint): Promise<Claim> {
    const claim = await this.#below.state(key, height);
    const value = claim.value === undefined ? null : toBase64(claim.value);
    (this.#state[String(height)] ??= {})[toHex(key)] = { value, proof: toBase64(claim.proof) };
    return claim;
  }

  async voucherIds(batchId: bigint, height: bigint): Promise<readonly bigint[]> {
    const ids = await this.#below.voucherIds(batchId, height);
    this.#vouchers[String(batchId)] = ids.map(String);
    return ids;
  }

  async openingPlaces(batchId: bigint, height: bigint): Promise<readonly OpeningPlace[]> {
    const places = await this.#below.openingPlaces(batchId, height);
    this.#openings[String(batchId)] = places.map(({ voucherId, index }) => [String(voucherId), String(index)]);
    return places;
  }

  /** One text for one content. */
  text(time: bigint): string {
    const bundle: Bundle = {
      format: FORMAT,
      time: String(time),
      latestHeight: String(this.#latest),
      lightBlocks: this.#blocks,
      state: this.#state,
      vouchers: this.#vouchers,
      openings: this.#openings,
    };
    return canonicalJson(bundle);
  }
}

/** The name under which two people compare a bundle: SHA-256 of its text, hex. */
export function bundleName(text: string): string {
  return toHex(sha256(utf8(text)));
}

/** @throws VerifyFault(bad_bundle) for a text that is no bundle */
export function readBundle(text: string): Bundle {
  const json = parseJson(text);
  const bundle = json as unknown as Bundle;
  const parts: readonly (keyof Bundle)[] = ["lightBlocks", "state", "vouchers", "openings"];
  if (
    isRejection(json) ||
    !isJsonObject(json) ||
    bundle.format !== FORMAT ||
    !parts.every((part) => isJsonObject((json as JsonObject)[part]))
  ) {
    throw new VerifyFault("bad_bundle", "the file", `no ${FORMAT} export`);
  }
  return bundle;
}

/** An export as a source: it answers only the queries of the recorded run. */
export function bundleSource(bundle: Bundle): Source {
  return {
    latestHeight: () => Promise.resolve(integer("latestHeight", bundle.latestHeight)),
    async lightBlock(height) {
      const what = `header ${height}`;
      const kept = present(what, bundle.lightBlocks[String(height)]);
      const validators = must(what, validatorSetCodec.decode(bytes(what, kept.validators)));
      return Promise.resolve({
        header: must(what, headerCodec.decode(bytes(what, kept.header))),
        certificate: must(what, certificateCodec.decode(bytes(what, kept.certificate))),
        validators: must(what, fromMessage(validators)),
      });
    },
    state(key, height) {
      const what = `state key ${toHex(key)} at height ${height}`;
      const { value, proof } = present(what, bundle.state[String(height)]?.[toHex(key)]);
      return Promise.resolve({ value: value === null ? undefined : bytes(what, value), proof: bytes(what, proof) });
    },
    voucherIds: (batchId) =>
      Promise.resolve((bundle.vouchers[String(batchId)] ?? []).map((id) => integer("vouchers", id))),
    openingPlaces: (batchId) =>
      Promise.resolve(
        (bundle.openings[String(batchId)] ?? []).map(([voucherId, index]) => ({
          voucherId: integer("openings", voucherId),
          index: integer("openings", index),
        })),
      ),
  };
}

/** The clock at the time of the export. */
export function bundleTime(bundle: Bundle): bigint {
  return integer("time", bundle.time);
}

function present<T>(what: string, value: T | undefined): T {
  if (value === undefined) throw new VerifyFault("not_exported", what, "it is not in the exported bytes");
  return value;
}

function bytes(what: string, text: unknown): Bytes {
  const value = typeof text === "string" ? fromBase64(text) : undefined;
  if (value === undefined) throw new VerifyFault("bad_bundle", what, "no base64");
  return value;
}

function integer(what: string, text: unknown): bigint {
  if (typeof text !== "string" || !/^(0|[1-9][0-9]{0,19})$/.test(text)) {
    throw new VerifyFault("bad_bundle", what, "no decimal number");
  }
  return BigInt(text);
}
