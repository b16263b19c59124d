import type { Message } from "#consensus/types.js";
import { blockKey } from "#proto/types/block-id.js";

type CertificateMessage = Extract<Message, { kind: "polka" | "round" | "commit" }>;

/**
 * Whom the certificates name that were taken. A quorum has many subsets, and one key many signatures of the same words:
 * without this each would be a certificate of its own. One that names a further voter is taken, whatever came before,
 * so a place takes at most as many as there are validators, and a commit grows by who was late (consensus/README.md, L82).
 */
export interface Coverage {
  /** Whether nobody is in it but those whom valid ones of its place have named. Its own signatures are not looked at. */
  covers(certificate: CertificateMessage): boolean;
  /** @param certificate a valid one */
  take(certificate: CertificateMessage): void;
  dropBelow(height: bigint): void;
}

export function coverage(): Coverage {
  const heights = new Map<bigint, Map<string, Set<number>>>();
  return {
    covers(message) {
      const named = heights.get(message.certificate.height)?.get(placeOf(message));
      return named !== undefined && voters(message).every(({ index }) => named.has(index));
    },
    take(message) {
      const { height } = message.certificate;
      let places = heights.get(height);
      if (places === undefined) heights.set(height, (places = new Map<string, Set<number>>()));
      const place = placeOf(message);
      const named = places.get(place) ?? new Set();
      for (const { index } of voters(message)) named.add(index);
      places.set(place, named);
    },
    dropBelow(height) {
      for (const each of heights.keys()) if (each < height) heights.delete(each);
    },
  };
}

const voters = (message: CertificateMessage): readonly { index: number }[] =>
  message.kind === "round" ? message.certificate.votes : message.certificate.signatures;

/** Of one height. Whatever its votes say, a round certificate only proves that its round was reached. */
function placeOf(message: CertificateMessage): string {
  const { kind, certificate } = message;
  return `${kind}/${certificate.round}/${kind === "round" ? "" : blockKey(message.certificate.blockId)}`;
}
