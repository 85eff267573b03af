/**
 * What `icecore volume ls` prints.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import { printable } from "../../host/libc/paths.ts";
import { Catalogue } from "../../volumes/catalogue/catalogue.ts";
import { CataloguedFolder } from "../../volumes/catalogue/entries.ts";
import type { Catalogued } from "../../volumes/catalogue/find_entries.ts";
import type { ListingValues } from "../arguments/listing_flags.ts";
import { EXIT } from "../exit_codes.ts";
import type { CommonValues } from "../output/common_options.ts";
import { Lines } from "../output/lines.ts";
import { jsonLine, OutputClosedError } from "../output/output.ts";
import { type CatalogueValues, findCatalogued, OneVolume } from "./catalogue_argument.ts";
import { cataloguedJson, cataloguedRow, shownPath } from "./catalogued_lines.ts";

/** The values of the command. */
export interface VolumeLsValues extends CatalogueValues, CommonValues, ListingValues {
  readonly command: "volume";
  readonly action: "ls";
  readonly paths: readonly string[];
}

/** Lists: first what is not a folder, then folder by folder. @returns The exit code. */
export async function listCatalogued(values: VolumeLsValues): Promise<number> {
  using catalogue = Catalogue.open(values.catalogue);
  await using volumes = new OneVolume(values);
  const typed = values.paths.length === 0 ? ["/"] : values.paths;
  const found: Catalogued[] = [];
  for (const path of typed) {
    found.push(await findCatalogued(catalogue, path, values.long !== true, volumes));
  }
  const listing = new Listing(catalogue, values, typed.length > 1 || values.recursive === true);
  try {
    const single = found.filter((each) => !(each instanceof CataloguedFolder));
    for (const entry of single) listing.add(entry, entry.path);
    for (const folder of found) if (folder instanceof CataloguedFolder) listing.folder(folder);
    listing.lines.flush();
  } catch (error) {
    if (!(error instanceof OutputClosedError)) throw error;
  }
  return EXIT.done;
}

class Listing {
  readonly lines = new Lines();
  #isFirst = true;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly values: VolumeLsValues,
    private readonly hasHeadings: boolean,
  ) {}

  folder(folder: CataloguedFolder): void {
    this.#oneFolder(folder);
    if (this.values.recursive !== true) return;
    const end = this.catalogue.endOf(folder);
    for (let id = folder.id + 1; id < end; id++) this.#oneFolder(this.catalogue.folderById(id));
  }

  add(entry: Catalogued, name: Uint8Array): void {
    const { json, long, human } = this.values;
    if (json === true) this.lines.add(jsonLine(cataloguedJson(entry)));
    else if (long === true) this.lines.add(cataloguedRow(entry, name, human === true));
    else this.lines.add(printable(name));
    this.#isFirst = false;
  }

  #oneFolder(folder: CataloguedFolder): void {
    if (this.hasHeadings && this.values.json !== true) {
      if (!this.#isFirst) this.lines.add("");
      this.lines.add(`${shownPath(folder)}:`);
      this.#isFirst = false;
    }
    for (const entry of this.#entriesOf(folder)) this.add(entry, entry.name);
  }

  /** Both kinds come in order: neither has to be in memory whole. */
  *#entriesOf(folder: CataloguedFolder): Generator<Catalogued> {
    const files = this.catalogue.filesOf(folder);
    let file = files.next();
    for (const below of this.catalogue.foldersOf(folder)) {
      while (file.done !== true && compareBytes(file.value.name, below.name) < 0) {
        yield file.value;
        file = files.next();
      }
      yield below;
    }
    for (; file.done !== true; file = files.next()) yield file.value;
  }
}
