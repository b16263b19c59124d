import { PRECOMMIT } from "#proto/types/vote.js";
import { isRejection } from "#proto/rejection.js";
import type { Role } from "./role.js";

/**
 * Forgets what it is locked on: its log is empty at each start, and it often loses power just after it has precommitted.
 * Its signer keeps the record, so it votes in new places only, there against its lock; its node is told nothing of that
 * record, for it would not sign at this height any more.
 */
export const amnesiac: Role = (ports, { clock, random, did, restart }) => {
  const { wal, signer } = ports;
  return {
    ...ports,
    wal: {
      async read(height) {
        if ((await wal.read(height)).length > 0) did();
        return [];
      },
      begin: (height) => wal.begin(height),
      append: (record) => wal.append(record),
      flush: () => wal.flush(),
      drop: (below) => wal.drop(below),
    },
    signer: signer && {
      ...signer,
      lastSigned: () => ({ height: 0n, round: 0, step: 0 }),
      async signVote(vote) {
        const signature = await signer.signVote(vote);
        const binds = vote.type === PRECOMMIT && vote.blockId !== undefined && !isRejection(signature);
        if (binds && random.chance(50)) clock.after(random.below(30), () => restart(random.below(300)));
        return signature;
      },
    },
  };
};
