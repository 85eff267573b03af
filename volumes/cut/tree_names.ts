/**
 * All names of the sources of one host, as a scan has found them: kept in files, read as often as a
 * plan needs it.
 * @module
 */

import { inodeCost, nameCost } from "./estimate.ts";
import { type FurtherName, LinkGroups } from "./link_groups.ts";
import {
  type BytesSink,
  type BytesSource,
  type FoundName,
  NamesReader,
  NamesWriter,
} from "./names_file.ts";
import type { NameSink } from "./scan_names.ts";

/** A name that passes by. */
export interface PassingName {
  /** How many names came before. */
  readonly ordinal: number;
  /** Where its record begins, and where it ends. */
  readonly position: number;
  readonly end: number;
  /** Its fields are overwritten by the next one. */
  readonly found: FoundName;
  /** What it takes in an image. */
  readonly cost: number;
  /** The first name of its inode, where it is not that. */
  readonly first: number | undefined;
}

/** Collects what a scan finds, then gives it back in order. */
export class TreeNames implements NameSink {
  readonly #writer: NamesWriter;
  readonly #links: LinkGroups;
  #countNames = 0;

  /**
   * @param file Where the names go.
   * @param place What scratch files lie beside.
   */
  constructor(private readonly file: BytesSink & BytesSource, place: string, stretchRows?: number) {
    this.#writer = new NamesWriter(file);
    this.#links = new LinkGroups(place, stretchRows);
  }

  get countNames(): number {
    return this.#countNames;
  }

  get sizeBytes(): number {
    return this.#writer.sizeBytes;
  }

  /** Whether an inode may have several names. */
  get hasLinks(): boolean {
    return this.#links.countNames > 0;
  }

  add(found: FoundName, fileSystem: number, inodeHigh: number, inodeLow: number): void {
    this.#writer.add(found);
    if (found.isLinked) this.#links.add(fileSystem, inodeHigh, inodeLow, this.#countNames);
    this.#countNames++;
  }

  /** To be called once, when all were added. */
  finish(): void {
    this.#writer.flush();
    this.#links.resolve();
  }

  /** All names in order; the object that is given is the same each time. */
  *all(): Generator<PassingName> {
    const reader = new NamesReader(this.file, 0, this.sizeBytes);
    const further = this.#links.further();
    let next: FurtherName | undefined = further.next().value ?? undefined;
    const passing = {
      ordinal: 0,
      position: 0,
      end: 0,
      found: reader,
      cost: 0,
      first: undefined as number | undefined,
    };
    for (; passing.position = reader.position, reader.next(); passing.ordinal++) {
      passing.end = reader.position;
      const isFurther = next?.ordinal === passing.ordinal;
      passing.first = isFurther ? next!.first : undefined;
      passing.cost = isFurther ? nameCost(reader) : inodeCost(reader);
      if (isFurther) next = further.next().value ?? undefined;
      yield passing;
    }
  }

  close(): void {
    this.#links.close();
  }
}
