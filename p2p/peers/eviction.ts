import type { PeerId } from "../host.js";

/** A peer that has brought no validator's new message for this long may lose its place to a newcomer. */
export const IDLE_MS = 60_000;

/** A link of a peer that the operator has not named. */
export interface EvictionCandidate {
  readonly peer: PeerId;
  /** See hostOf. */
  readonly host: string;
  readonly sinceMs: number;
  /** When it last brought a validator's message that was new here. */
  readonly usefulMs: number | undefined;
}

/**
 * The peer that loses its place to a newcomer when all are taken. First the latest of the host that holds more places
 * than its part; then the longest idle. Undefined: none, so the newcomer is not admitted. One machine with many
 * identities cannot keep others out, and neither can peers that send nothing.
 * @param newcomer its host, see hostOf
 */
export function selectPeerToEvict(
  candidates: readonly EvictionCandidate[],
  newcomer: string,
  nowMs: number,
): PeerId | undefined {
  const byHost = new Map<string, EvictionCandidate[]>();
  for (const candidate of candidates) byHost.set(candidate.host, [...(byHost.get(candidate.host) ?? []), candidate]);
  const crowd = [...byHost.values()].reduce((most, each) => (each.length > most.length ? each : most), []);
  // Two more, so that two hosts do not push each other out in turns.
  if (crowd.length >= (byHost.get(newcomer)?.length ?? 0) + 2) {
    return crowd.reduce((latest, each) => (each.sinceMs > latest.sinceMs ? each : latest)).peer;
  }
  const lastMs = ({ usefulMs, sinceMs }: EvictionCandidate): number => usefulMs ?? sinceMs;
  const idle = candidates.filter((candidate) => nowMs - lastMs(candidate) >= IDLE_MS);
  if (idle.length === 0) return undefined;
  return idle.reduce((longest, each) => (lastMs(each) < lastMs(longest) ? each : longest)).peer;
}
