/** A node's log line (JSON) about a peer that it bans. */
export function banOf(line: string): { readonly peer: string; readonly reason: string } | undefined {
  if (!line.includes("peer banned")) return undefined;
  const { _msg, peer, reason } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  return _msg === "peer banned" ? { peer: String(peer), reason: String(reason) } : undefined;
}
