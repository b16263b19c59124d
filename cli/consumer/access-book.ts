import { existsSync } from "node:fs";
import { isJsonObject, parseJson, type Json } from "#proto/codec/json-text.js";
import { isRejection } from "#proto/rejection.js";
import { openLevel } from "#node/storage/database/level.js";
import { CliFault, notFound } from "../fault.js";
import type { World } from "../world.js";
import { apiKeyAt } from "./api-key.js";
import { DiskBooks } from "./book/books.js";
import { consumerFiles } from "./program.js";

/**
 * What the running program tells at a path; undefined if none runs at that address. @throws CliFault for another program there
 */
export async function toldAt(listen: string, path: string, world: World): Promise<Json | undefined> {
  const { apiKey } = consumerFiles(world.home);
  if (!existsSync(apiKey)) return undefined;
  const headers = { authorization: `Bearer ${apiKeyAt(apiKey, world)}` };
  let answer: Awaited<ReturnType<typeof world.system.fetch>>;
  try {
    answer = await world.system.fetch(`http://${listen}${path}`, { headers, redirect: "error" });
  } catch (error) {
    if (error instanceof TypeError) return undefined; // Nobody listens.
    throw error;
  }
  const value = parseJson(await answer.text(), 64);
  if (answer.ok && !isRejection(value) && (isJsonObject(value) || Array.isArray(value))) return value;
  throw new CliFault(
    "not_consumer",
    `what listens at ${listen} is not this home's consumer (status ${answer.status})`,
    {
      fix: "--listen names its address",
    },
  );
}

/** Reads the book of a program that is not running. @throws CliFault(not_found) without a book */
export async function withBooks<T>(world: World, use: (books: DiskBooks) => Promise<T>): Promise<T> {
  const { book } = consumerFiles(world.home);
  if (!existsSync(book)) {
    throw notFound(`there is no book at ${book}`, "tribd consumer --from <key> --model <name=version> begins one");
  }
  const books = new DiskBooks(await openLevel(book));
  try {
    return await use(books);
  } finally {
    await books.close();
  }
}
