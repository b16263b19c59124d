import { fileNames, rows } from "#node/config/table.js";

export function settingNames(): string[] {
  return fileNames.flatMap((file) => rows(file).map(([name]) => name));
}
