import { locate } from "#node/config/names.js";
import { fileNames, rows } from "#node/config/table.js";
import { notFound } from "../../fault.js";
import { closest } from "../../suggest.js";

/** The file and the name of a setting. @throws CliFault(not_found) naming the closest one */
export function locateSetting(name: string): NonNullable<ReturnType<typeof locate>> {
  const place = locate(name);
  if (place !== undefined) return place;
  const names = fileNames.flatMap((file) => rows(file).map(([known]) => known));
  const guess = closest(name, names);
  throw notFound(
    `no setting is called "${name}"`,
    guess === undefined ? "tribd config view lists them" : `did you mean ${guess}?`,
  );
}
