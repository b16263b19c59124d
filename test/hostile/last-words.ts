/** The line of a log that says why a process ended, or its end. */
export function lastWords(log: string): string {
  const lines = log.trimEnd().split("\n");
  return lines.findLast((line) => /^(\w*Error|bug)\b|the node stops/.test(line)) ?? lines.at(-1) ?? "";
}
