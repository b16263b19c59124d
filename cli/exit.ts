/** Exit codes tell scripts what happened without reading words. Permanent. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  unreachable: 4,
  rejected: 5,
  reverted: 6,
  signing: 7,
  notStarted: 8,
  stopped: 9,
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For `tribd --help` and docs. */
export const exitMeanings: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, "done"],
  [EXIT.failed, "failed for another reason"],
  [EXIT.usage, "usage error: the command line is not valid, or consent is missing (--yes)"],
  [EXIT.notFound, "not found"],
  [
    EXIT.unreachable,
    "the node did not answer in time; a transaction that was sent may still be included (its hash was printed)",
  ],
  [EXIT.rejected, "the node refused the transaction (CheckTx); no fee was paid"],
  [EXIT.reverted, "the transaction failed in its block; its fee was paid"],
  [EXIT.signing, "key or signature: wrong password, unknown key, locked keyring"],
  [EXIT.notStarted, "a node or a signer could not start; the message says what to change"],
  [EXIT.stopped, "a node or a signer stopped after a fault (disk, key, thread), or did not close in time"],
  [EXIT.bug, "a bug: please report the message"],
  [EXIT.interrupted, "interrupted (Ctrl-C)"],
];
