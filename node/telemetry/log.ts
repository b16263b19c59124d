import { pino, type Logger } from "pino";
import { toHex } from "#proto/bytes.js";
import { parseLogLevels } from "./log-level.js";
import { plainLine } from "./plain-line.js";

/**
 * The node's log, a line an event, with CometBFT's field names: level, ts, _msg, module. What the levels mean: error = a
 * person must act; warn = it may lead there; info = rare, about this node's state; debug = anything.
 */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LogOptions {
  /** "info", or "consensus:debug,*:error". */
  readonly level: string;
  readonly format: "plain" | "json";
  /** Takes whole lines with their end. */
  readonly write: (line: string) => void;
  /** Unix ms, for `ts`. */
  readonly now: () => number;
}

/** One log a module (consensus, p2p, mempool, rpc-server, txindex, state, ...). @throws LogLevelFault */
export function logs({ level, format, write, now }: LogOptions): (module: string) => Log {
  const levels = parseLogLevels(level);
  const root = pino(
    {
      base: null,
      level: "debug",
      messageKey: "_msg",
      timestamp: () => `,"ts":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: format === "json" ? write : (line: string) => write(plainLine(line)) },
  );
  return (module) => {
    const wanted = levels.of(module);
    return moduleLog(root.child({ module }, { level: wanted === "none" ? "silent" : wanted }));
  };
}

function moduleLog(logger: Logger): Log {
  return {
    debug: (message, fields) => logger.debug(written(fields), message),
    info: (message, fields) => logger.info(written(fields), message),
    warn: (message, fields) => logger.warn(written(fields), message),
    error: (message, fields) => logger.error(written(fields), message),
  };
}

/** Fields as JSON can hold them: bigint as text, bytes as hex, errors with their stack and cause. */
function written(fields: LogFields = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, writtenValue(value)]));
}

function writtenValue(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return toHex(value).toUpperCase();
  if (!(value instanceof Error)) return value;
  return value.cause === undefined ? value.stack : `${value.stack}\ncaused by: ${String(value.cause)}`;
}
