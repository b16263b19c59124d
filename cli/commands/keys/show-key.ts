import { toBase64 } from "#proto/base64.js";
import type { Bytes } from "#proto/bytes.js";
import { toBech32 } from "#proto/crypto/address.js";
import type { KeyInfo } from "../../keyring/keyring.js";
import { PUBLIC_KEY_TYPE } from "../../keyring/record.js";
import type { Column } from "../../output/table.js";
import type { ChainTerms } from "../../world.js";

/** A key as Cosmos tools print it. */
export interface ShownKey {
  readonly name: string;
  readonly type: string;
  readonly address: string;
  /** JSON in a string, as `keys show -p` and multisig tools expect. */
  readonly pubkey: string;
}

export function pubkeyJson(publicKey: Bytes): string {
  return JSON.stringify({ "@type": PUBLIC_KEY_TYPE, key: toBase64(publicKey) });
}

export function shownKey(key: KeyInfo, terms: ChainTerms): ShownKey {
  return {
    name: key.name,
    type: key.type,
    address: toBech32(terms.prefix, key.address),
    pubkey: pubkeyJson(key.publicKey),
  };
}

export const keyColumns: readonly Column<ShownKey>[] = [
  { title: "NAME", cell: (key) => key.name },
  { title: "TYPE", cell: (key) => key.type },
  { title: "ADDRESS", cell: (key) => key.address },
];
