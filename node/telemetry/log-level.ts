import { Fault } from "#proto/fault.js";

/** CometBFT's levels with warn between, and none for silence. */
const LEVELS = ["debug", "info", "warn", "error", "none"] as const;
export type LogLevel = (typeof LEVELS)[number];

/** Which level each module writes from on. */
export interface LogLevels {
  of(module: string): LogLevel;
}

/** The setting log_level is no such text; the message names the entry and the fix. */
export class LogLevelFault extends Fault<"bad_log_level"> {}

const isLevel = (text: string): text is LogLevel => (LEVELS as readonly string[]).includes(text);

/** "info", or levels by module as "consensus:debug,p2p:none,*:error". @throws LogLevelFault */
export function parseLogLevels(text: string): LogLevels {
  const byModule = new Map<string, LogLevel>();
  for (const entry of text.split(",")) {
    const parts = entry.trim().split(":");
    const [module, level] = parts.length === 1 ? ["*", parts[0]!] : [parts[0]!, parts[1]!];
    if (parts.length > 2 || module === "" || !isLevel(level)) {
      throw new LogLevelFault(
        "bad_log_level",
        `log_level: "${entry.trim()}" is not module:level with level ${LEVELS.join(", ")}`,
      );
    }
    byModule.set(module, level);
  }
  const rest = byModule.get("*") ?? "info";
  return { of: (module) => byModule.get(module) ?? rest };
}
