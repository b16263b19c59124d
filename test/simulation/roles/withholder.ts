import { partsKey } from "#proto/types/block-id.js";
import { filterFrames, type Role } from "./role.js";

/** Announces blocks and votes for them, and gives their parts to few peers or to none. */
export const withholder: Role = (ports, stage) => {
  const given = new Map<string, boolean>();
  const gives = (parts: string, peer: string): boolean => {
    const key = `${parts} ${peer}`;
    let yes = given.get(key);
    if (yes === undefined) given.set(key, (yes = stage.random.chance(25)));
    return yes;
  };
  return {
    ...ports,
    host: filterFrames(ports, (peer, frame, bytes) => {
      if (frame.kind !== "part" || frame.value.parts === undefined) return [bytes];
      if (gives(partsKey(frame.value.parts), peer)) return [bytes];
      stage.did();
      return [];
    }),
  };
};
