// Loaded into every thread of a node that is counted. When the mark file changes, a thread writes which functions ran
// since the mark before, and how many messages it has posted to other threads.
import { appendFileSync, statSync } from "node:fs";
import { takeCoverage } from "node:v8";
import { MessagePort, threadId } from "node:worker_threads";

const mark = process.env.ROOMS_MARK;
const { postMessage } = MessagePort.prototype;
let posted = 0;
MessagePort.prototype.postMessage = function (...args) {
  posted++;
  return postMessage.apply(this, args);
};

let seenMs = statSync(mark).mtimeMs;
const look = () => {
  const { mtimeMs } = statSync(mark);
  if (mtimeMs === seenMs) return;
  seenMs = mtimeMs;
  takeCoverage();
  appendFileSync(`${mark}.posted`, `${JSON.stringify({ threadId, posted })}\n`);
  posted = 0;
};
setInterval(look, 50).unref();
