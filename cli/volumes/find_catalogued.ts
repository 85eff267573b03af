/**
 * What `icecore volume find` prints.
 * @module
 */

import { hexOf } from "../../image/content_record.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { Catalogue } from "../../volumes/catalogue/catalogue.ts";
import { CataloguedFile } from "../../volumes/catalogue/entries.ts";
import { type Catalogued, findEntries } from "../../volumes/catalogue/find_entries.ts";
import { joined } from "../arguments/image_path.ts";
import { EXIT } from "../exit_codes.ts";
import { conditionOf, type ConditionValues } from "../finding/conditions.ts";
import type { CommonValues } from "../output/common_options.ts";
import { Lines } from "../output/lines.ts";
import { jsonLine, OutputClosedError, writeBytes } from "../output/output.ts";
import { type CatalogueValues, findCatalogued, OneVolume } from "./catalogue_argument.ts";
import { cataloguedJson, cataloguedRow, shownPath } from "./catalogued_lines.ts";

/** The values of the command. */
export interface VolumeFindValues extends CatalogueValues, CommonValues, ConditionValues {
  readonly command: "volume";
  readonly action: "find";
  readonly start: string | undefined;
  readonly digest: string | undefined;
  readonly long: boolean | undefined;
  readonly print0: boolean | undefined;
}

/** Searches and prints. @returns The exit code. */
export async function findCataloguedPaths(values: VolumeFindValues): Promise<number> {
  const isMeant = conditionOf(values);
  const digest = values.digest === undefined ? undefined : digestOf(values.digest);
  using catalogue = Catalogue.open(values.catalogue);
  await using volumes = new OneVolume(values);
  const start = await findCatalogued(catalogue, values.start ?? "/", false, volumes);
  const found = start instanceof CataloguedFile
    ? catalogue.files(start.path).filter((file) => hasDigest(file, digest))
    : findEntries(catalogue, {
      below: start,
      // Of names that are compared without their case, nothing is known before.
      names: values.iname.length > 0 ? [] : values.name,
      digest,
      withDigests: values.json === true,
      withFolders: values.kind?.includes("d") ?? true,
    });
  const results = new Results(values);
  try {
    for (const entry of found) {
      if (isMeant(candidateOf(entry))) results.add(entry);
    }
    results.end();
  } catch (error) {
    if (!(error instanceof OutputClosedError)) throw error;
  }
  return EXIT.done;
}

class Results {
  readonly #lines = new Lines();

  constructor(private readonly values: VolumeFindValues) {}

  add(entry: Catalogued): void {
    const { json, print0, long } = this.values;
    if (json === true) this.#lines.add(jsonLine(cataloguedJson(entry)));
    else if (print0 === true) {
      const path = entry.path.length === 0 ? ROOT : entry.path;
      if (!writeBytes(1, joined(path, new Uint8Array(), NUL))) throw new OutputClosedError();
    } else if (long === true) this.#lines.add(cataloguedRow(entry, entry.path, false));
    else this.#lines.add(shownPath(entry));
  }

  end(): void {
    this.#lines.flush();
  }
}

/** The text of the path is made only where a condition asks for it. */
function candidateOf(entry: Catalogued) {
  return {
    stat: entry,
    get name() {
      return decoder.decode(entry.name);
    },
    get path() {
      return decoder.decode(entry.path);
    },
  };
}

function hasDigest({ digest }: CataloguedFile, hex: string | undefined): boolean {
  if (hex === undefined) return true;
  return digest !== undefined && hexOf(digest).startsWith(hex);
}

/** @throws UsageError `bad-digest` */
function digestOf(text: string): string {
  const hex = text.toLowerCase();
  if (/^[0-9a-f]{4,64}$/.test(hex)) return hex;
  throw new UsageError(
    `cannot look for the digest ${JSON.stringify(text)}: it is not the beginning of a SHA-256. ` +
      "Write 4 to 64 digits in hex, as sha256sum prints them.",
    "bad-digest",
  );
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const NUL = 0;
const ROOT = Uint8Array.of(0x2f);
