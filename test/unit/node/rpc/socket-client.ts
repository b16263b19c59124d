import { parentPort, workerData } from "node:worker_threads";
import { Comet38Client } from "@cosmjs/tendermint-rpc";

/**
 * CosmJS's WebSocket client in a thread of its own: after `disconnect` it goes on reconnecting for ever, and only the end
 * of its thread stops it. Posts "ready" when its subscriptions stand, then one line an event.
 */
const { url, recipient } = workerData as { url: string; recipient: string };
const post = (line: string): void => parentPort!.postMessage(line);
const fail = (error: unknown): void => post(`error ${String(error)}`);

const client = await Comet38Client.connect(url);
client.subscribeNewBlock().subscribe({ next: (event) => post(`block ${event.txs.length}`), error: fail });
client.subscribeNewBlockHeader().subscribe({ next: (event) => post(`header ${event.chainId}`), error: fail });
client
  .subscribeTx(`transfer.recipient='${recipient}'`)
  .subscribe({ next: (event) => post(`tx ${event.result.code}`), error: fail });
await client.status(); // Answered in order: the subscriptions were taken before it.
post("ready");
