import type { Home } from "#node/config/home.js";
import type { Out, Sink } from "./output/out.js";
import type { ProcessPort } from "./process.js";
import type { Prompt } from "./prompt.js";

/** The process around the program, given so that a test can be one. */
export interface System {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly prompt: Prompt;
  readonly process: ProcessPort;
  readonly fetch: typeof globalThis.fetch;
  /** Unix milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Cryptographic randomness of this machine. */
  random(bytes: number): Uint8Array;
}

/** How this chain writes addresses and coins: genesis decides, client.toml repeats it for the client. */
export interface ChainTerms {
  readonly prefix: string;
  readonly denom: string;
  readonly displayDenom: string;
  readonly displayExponent: number;
}

/** A command's environment, beside its values. */
export interface World {
  readonly system: System;
  readonly home: Home;
  readonly out: Out;
  readonly prompt: Prompt;
  readonly terms: ChainTerms;
  /** --yes: the person consents to what the command asks. */
  readonly yes: boolean;
  /** --trace: faults show their causes. */
  readonly trace: boolean;
}
