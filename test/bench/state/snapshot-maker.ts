import { workerData } from "node:worker_threads";
import { systemFiles } from "#node/runtime/files.js";
import { useNatives } from "#node/runtime/natives.js";
import { openLevel } from "#node/storage/database/level.js";
import { createSnapshot } from "#node/storage/snapshots/create.js";

/** A thread beside the one that commits, as the node's main thread is. */
useNatives();
const { path, snapshots } = workerData as { readonly path: string; readonly snapshots: string };
const db = await openLevel(path);
await createSnapshot({ db, files: systemFiles, directory: snapshots });
await db.close();
