import { grouped } from "../../present/amount.js";
import { uptimeOf, type CommitAt, type Vote } from "../../present/uptime.js";

const WORDS: Readonly<Record<Vote, string>> = {
  signed: "signed",
  nil: "voted for no block",
  absent: "absent",
  outside: "not in the set",
};

/** The newest blocks as squares, oldest first. What they add up to is written beside. */
export function UptimeGrid({
  votes,
  commits,
  isLarge = false,
}: {
  readonly votes: readonly Vote[];
  readonly commits: readonly CommitAt[];
  readonly isLarge?: boolean;
}) {
  const words = uptimeWords(votes);
  return (
    <span class={isLarge ? "uptime large" : "uptime"} role="img" aria-label={words}>
      {votes.map((vote, at) => {
        const height = commits[at]!.height;
        return <i key={String(height)} class={vote} title={`Block ${grouped(String(height))}: ${WORDS[vote]}`} />;
      })}
    </span>
  );
}

export function uptimeWords(votes: readonly Vote[]): string {
  const uptime = uptimeOf(votes);
  const signed = votes.filter((vote) => vote === "signed").length;
  return uptime === undefined
    ? "in none of these blocks"
    : `signed ${signed} of ${votes.filter((vote) => vote !== "outside").length}`;
}
