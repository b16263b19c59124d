import type { PeerId } from "../host.js";

/** Who has brought nothing new of any validator for this long may be asked to go, when somebody else wants in. */
export const IDLE_MS = 60_000;

/** A link of a peer that the operator has not named. */
export interface Guest {
  readonly peer: PeerId;
  /** See hostOf. */
  readonly host: string;
  readonly sinceMs: number;
  /** When it last brought a validator's word that was new here. */
  readonly usefulMs: number | undefined;
}

/**
 * Who goes when all places are taken and a newcomer stands at the door: first of those who hold more places from one
 * host than is fair, the latest; then the longest idle. Undefined: nobody, so the newcomer does not come in. One machine
 * with many identities cannot keep others out, and none of them that only sits there can.
 */
export function givesWay(guests: readonly Guest[], newcomer: string, nowMs: number): PeerId | undefined {
  const byHost = new Map<string, Guest[]>();
  for (const guest of guests) byHost.set(guest.host, [...(byHost.get(guest.host) ?? []), guest]);
  const crowd = [...byHost.values()].reduce((most, each) => (each.length > most.length ? each : most), []);
  // Two more, so that two hosts do not push each other out in turns.
  if (crowd.length >= (byHost.get(newcomer)?.length ?? 0) + 2)
    return crowd.reduce((latest, each) => (each.sinceMs > latest.sinceMs ? each : latest)).peer;
  const lastMs = ({ usefulMs, sinceMs }: Guest): number => usefulMs ?? sinceMs;
  const idle = guests.filter((guest) => nowMs - lastMs(guest) >= IDLE_MS);
  if (idle.length === 0) return undefined;
  return idle.reduce((longest, each) => (lastMs(each) < lastMs(longest) ? each : longest)).peer;
}
