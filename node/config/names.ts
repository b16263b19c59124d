import { fileNames, table, type FileName } from "./table.js";

/** The file that has a setting of this name. A name may carry its file in front: "client.node". */
export function locate(name: string): { readonly file: FileName; readonly name: string } | undefined {
  for (const file of fileNames) {
    if (name.startsWith(`${file}.`) && Object.hasOwn(table[file], name.slice(file.length + 1))) {
      return { file, name: name.slice(file.length + 1) };
    }
  }
  for (const file of fileNames) if (Object.hasOwn(table[file], name)) return { file, name };
  return undefined;
}

/** " (it belongs into app.toml)" or " (did you mean ...?)" or nothing. */
export function closestName(name: string, file: FileName): string {
  const elsewhere = locate(name);
  if (elsewhere !== undefined) return ` (it belongs into ${elsewhere.file}.toml)`;
  const squeeze = (text: string): string => text.replace(/[-_.]/g, "").toLowerCase();
  const last = squeeze(name.slice(name.lastIndexOf(".") + 1));
  const similar = Object.keys(table[file]).find(
    (known) => squeeze(known) === squeeze(name) || squeeze(known).endsWith(last),
  );
  return similar === undefined ? "" : ` (did you mean ${similar}?)`;
}
