import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { EXIT } from "./exit.js";
import { CliFault, usage } from "./fault.js";
import type { Sink } from "./output/out.js";

/** Questions to the person. Questions go to stderr; answers come from the terminal or, line by line, from a pipe. */
export interface Prompt {
  readonly isTerminal: boolean;
  line(question: string): Promise<string>;
  /** Typed characters are not shown. */
  secret(question: string): Promise<string>;
  /** True for y or yes. */
  confirm(question: string): Promise<boolean>;
  /** Everything that is left in the pipe. */
  rest(): Promise<string>;
}

export interface Terminal extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
}

export function makePrompt(stdin: Terminal, stderr: Sink): Prompt {
  const isTerminal = stdin.isTTY === true;
  const pipe = pipedLines(stdin);
  const ask = async (question: string, hidden: boolean): Promise<string> => {
    if (isTerminal && hidden) return await typedHidden(question, stdin, stderr);
    stderr.write(question);
    if (isTerminal) return await typed(stdin);
    const line = await pipe.next();
    stderr.write("\n");
    if (line === undefined) {
      throw usage(
        `no answer on stdin to: ${question.trim()}`,
        "run it in a terminal, pipe the answer, or pass the flag that gives it",
      );
    }
    return line;
  };
  return {
    isTerminal,
    line: (question) => ask(question, false),
    secret: (question) => ask(question, true),
    confirm: async (question) => /^y(es)?$/i.test((await ask(`${question} [y/N] `, false)).trim()),
    rest: () => pipe.rest(),
  };
}

/** --no-input: a question is an error that names what to pass instead. */
export function noPrompt(base: Prompt): Prompt {
  const refuse = (question: string): never => {
    throw usage(`an answer is needed and --no-input forbids asking: ${question.trim()}`);
  };
  const asked = async (question: string): Promise<never> => refuse(question);
  return { isTerminal: false, line: asked, secret: asked, confirm: asked, rest: () => base.rest() };
}

async function typed(stdin: Terminal): Promise<string> {
  const reader = createInterface({ input: stdin, terminal: false });
  try {
    for await (const line of reader) return line;
    return "";
  } finally {
    reader.close();
  }
}

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const CTRL_U = "\u0015";
const CTRL_W = "\u0017";
const BACKSPACE = "\u007f";

/** The question comes once the terminal shows no more letters: a person, or a paste, may answer at once. */
function typedHidden(question: string, stdin: Terminal, stderr: Sink): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const finish = (): void => {
      stdin.off("data", onData);
      stdin.setRawMode?.(false);
      stdin.pause();
      stderr.write("\n");
    };
    const onData = (chunk: Buffer): void => {
      for (const letter of chunk.toString("utf8")) {
        if (letter === CTRL_C) {
          finish();
          reject(new CliFault("interrupted", "interrupted", { exit: EXIT.interrupted }));
          return;
        }
        if (letter === "\r" || letter === "\n" || letter === CTRL_D) {
          finish();
          resolve(text);
          return;
        }
        if (letter === BACKSPACE || letter === "\b") text = [...text].slice(0, -1).join("");
        else if (letter === CTRL_U) text = "";
        else if (letter === CTRL_W) text = text.replace(/\S*\s*$/, "");
        else text += letter;
      }
    };
    stdin.setRawMode?.(true);
    stdin.resume();
    stdin.on("data", onData);
    stderr.write(question);
  });
}

/** The pipe is read once, when the first answer is needed: a command that asks nothing never waits for stdin. */
function pipedLines(stdin: Terminal): { next(): Promise<string | undefined>; rest(): Promise<string> } {
  let lines: string[] | undefined;
  const load = async (): Promise<string[]> => {
    if (lines !== undefined) return lines;
    const chunks: Buffer[] = [];
    for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array));
    const text = Buffer.concat(chunks).toString("utf8");
    lines = text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
    return lines;
  };
  return {
    next: async () => (await load()).shift(),
    rest: async () => (await load()).splice(0).join("\n"),
  };
}
