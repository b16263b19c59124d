import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliFault } from "../../fault.js";

/** Takes the folder for this process, so that no second demo wipes the homes of a running one. @returns gives it back */
export function claim(root: string): () => void {
  const path = join(root, "demo.pid");
  mkdirSync(root, { recursive: true });
  const owner = ownerOf(path);
  if (owner !== undefined && owner !== process.pid && isAlive(owner)) {
    throw new CliFault("demo_running", `a demo runs in ${root} already (process ${owner})`, {
      fix: "stop it, or choose another --dir",
    });
  }
  writeFileSync(path, `${process.pid}\n`);
  return () => rmSync(path, { force: true });
}

function ownerOf(path: string): number | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    return /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
