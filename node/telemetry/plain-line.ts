/** A JSON log line for people, as CometBFT writes it: I[2026-11-21|03:00:00.000] Committed block module=state height=5 */
export function plainLine(json: string): string {
  const { level, ts, _msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const letter = String(level).slice(0, 1).toUpperCase();
  const time = String(ts).replace("T", "|").replace("Z", "");
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${plainValue(value)}`);
  return `${letter}[${time}] ${oneLine(String(_msg))}${rest.join("")}\n`;
}

function plainValue(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /[\s"=]/.test(text) ? JSON.stringify(text) : text;
}

/** Words of a stranger must not forge a second line. */
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, " ");
