import { PRECOMMIT } from "#proto/types/vote.js";
import { isRejection } from "#proto/rejection.js";
import type { Role } from "./role.js";

const FAR_AHEAD = 1n << 40n;

/**
 * Forgets what it is locked on: its log is empty at each start, and it often loses power just after it has precommitted.
 * Its signer keeps the record, so it votes in new places only, there against its lock; its node is told of a record
 * far ahead, for it would not sign any more at the height that the key signed last.
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
      lastSigned: () => ({ ...signer.lastSigned(), height: FAR_AHEAD }),
      async signVote(vote) {
        const signature = await signer.signVote(vote);
        const binds = vote.type === PRECOMMIT && vote.blockId !== undefined && !isRejection(signature);
        if (binds && random.chance(50)) clock.after(random.below(30), () => restart(random.below(300)));
        return signature;
      },
    },
  };
};
