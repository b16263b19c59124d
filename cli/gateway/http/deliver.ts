import type { ServerResponse } from "node:http";
import { problemLine } from "#proto/exchange/openai/problem.js";
import type { Exchange } from "#proto/exchange/provider.js";
import { x402Headers } from "#proto/exchange/x402.js";
import type { RunningAnswer } from "../answer/running.js";
import { paymentResponse, sealedState, streamEnd } from "./receipts.js";
import { sendJson, sendProblem } from "./respond.js";

/** For whom an answer is delivered. */
export interface Reader {
  readonly chainId: string;
  /** Address. */
  readonly payer: string;
}

const STREAM_HEADERS = { "content-type": "text/event-stream", "cache-control": "no-cache", "x-accel-buffering": "no" };

/** Delivers an answer that is being made, from its start. Ends when the answer or its reader does. */
export async function deliverRunning(answer: RunningAnswer, reader: Reader, response: ServerResponse): Promise<void> {
  const leave = answer.join();
  try {
    if (answer.isStream) await stream(answer, reader, response);
    else await whole(answer, reader, response);
  } finally {
    leave();
  }
}

const GONE = Symbol("gone");

/** Resolves when the reader is gone, or has everything. */
function goneOf(response: ServerResponse): Promise<typeof GONE> {
  if (response.closed) return Promise.resolve(GONE);
  return new Promise((resolve) => response.once("close", () => resolve(GONE)));
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once("drain", resolve));
}

async function whole(answer: RunningAnswer, reader: Reader, response: ServerResponse): Promise<void> {
  const end = await Promise.race([answer.ended(), goneOf(response)]);
  if (end === GONE) return;
  if (end.kind === "void") sendProblem(response, end.problem);
  else sendWhole(end.row, answer.text, reader, response);
}

async function stream(answer: RunningAnswer, reader: Reader, response: ServerResponse): Promise<void> {
  const gone = goneOf(response);
  for (let at = 0; ;) {
    const pieces = await Promise.race([answer.from(at), gone]);
    if (pieces === GONE) return;
    if (pieces === undefined) break;
    at = pieces.next;
    if (!response.headersSent) sendStreamHead(answer.id, "running", reader, response);
    // A reader that is slow is waited for: what it has not read yet is held once, for all readers.
    if (!response.write(pieces.text)) await Promise.race([drained(response), gone]);
  }
  const end = await answer.ended();
  if (end.kind === "sealed") {
    if (!response.headersSent) sendStreamHead(answer.id, "running", reader, response);
    response.end(streamEnd(end.row));
  } else if (!response.headersSent) sendProblem(response, end.problem);
  else {
    // Clients take a stream that ends cleanly for complete: this one ends in an error and a reset.
    const line = `data: ${JSON.stringify(problemLine(end.problem))}\n\n`;
    response.write(line, () => response.socket?.resetAndDestroy());
  }
}

function sendStreamHead(
  ceilingId: string,
  state: "running",
  { chainId, payer }: Reader,
  response: ServerResponse,
): void {
  const paid = paymentResponse(chainId, payer, { state, ceilingId });
  response.writeHead(200, { ...STREAM_HEADERS, [x402Headers.response]: paid });
}

function sendWhole(row: Exchange, text: string, { chainId, payer }: Reader, response: ServerResponse): void {
  sendJson(response, 200, text, { [x402Headers.response]: paymentResponse(chainId, payer, sealedState(row)) });
}

/** Delivers an answer once more, out of the book. */
export function deliverSealed(
  row: Exchange,
  wire: string,
  isStream: boolean,
  reader: Reader,
  response: ServerResponse,
): void {
  if (!isStream) return sendWhole(row, wire, reader, response);
  const state = sealedState(row);
  sendStreamHead(state.ceilingId, "running", reader, response);
  response.end(wire + streamEnd(row));
}
