/**
 * `SOURCE_DATE_EPOCH`, by which builds are made reproducible
 * (https://reproducible-builds.org/specs/source-date-epoch/).
 * @module
 */

import process from "node:process";
import { EnvironmentError } from "./environment_error.ts";

/** Whole seconds since 1970, or `undefined` when unset. @throws EnvironmentError when malformed. */
export function sourceDateEpoch(
  text: string | undefined = process.env["SOURCE_DATE_EPOCH"],
): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new EnvironmentError(
    `cannot use SOURCE_DATE_EPOCH=${JSON.stringify(text)}: it is not a number of seconds. ` +
      "Set it to whole seconds since 1970, or unset it.",
    "bad-source-date-epoch",
  );
}
