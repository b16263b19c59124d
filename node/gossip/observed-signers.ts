import type { Message } from "#consensus/types.js";
import { blockKey } from "#proto/types/block-id.js";

export type CertificateMessage = Extract<Message, { kind: "polka" | "round" | "commit" }>;

/**
 * Validators named by accepted certificates. A quorum has many subsets, and one key many signatures of the same words:
 * without this each would be a certificate of its own. A certificate that names one more signer is accepted, whatever
 * came before, so each height, round, kind and block has at most as many as there are validators, and a commit grows by
 * late signers (consensus/README.md, L82).
 */
export interface ObservedSigners {
  /** Whether accepted certificates of the same place name all its signers. Its own signatures are not looked at. */
  isKnownSubset(certificate: CertificateMessage): boolean;
  /** @param certificate a valid one */
  observe(certificate: CertificateMessage): void;
  dropBelow(height: bigint): void;
}

export function createObservedSigners(): ObservedSigners {
  const heights = new Map<bigint, Map<string, Set<number>>>();
  return {
    isKnownSubset(message) {
      const named = heights.get(message.certificate.height)?.get(placeOf(message));
      return named !== undefined && signers(message).every(({ index }) => named.has(index));
    },
    observe(message) {
      const { height } = message.certificate;
      let places = heights.get(height);
      if (places === undefined) heights.set(height, (places = new Map<string, Set<number>>()));
      const place = placeOf(message);
      const named = places.get(place) ?? new Set();
      for (const { index } of signers(message)) named.add(index);
      places.set(place, named);
    },
    dropBelow(height) {
      for (const each of heights.keys()) if (each < height) heights.delete(each);
    },
  };
}

const signers = (message: CertificateMessage): readonly { index: number }[] =>
  message.kind === "round" ? message.certificate.votes : message.certificate.signatures;

/** Of one height. Whatever its votes say, a round certificate only proves that its round was reached. */
function placeOf(message: CertificateMessage): string {
  const { kind, certificate } = message;
  return `${kind}/${certificate.round}/${kind === "round" ? "" : blockKey(message.certificate.blockId)}`;
}
