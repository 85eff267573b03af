/**
 * Where parts lie: a folder of this machine, or of a server.
 * @module
 */

import type { HostBlockSource, SourceOptions } from "../../../host/block_source/block_source.ts";
import { openFileSource } from "../../../host/block_source/file_source.ts";
import { isRemote, siblingLocation } from "../../../host/block_source/location.ts";
import { openSource } from "../../../host/block_source/open_source.ts";
import { OtherSizeError } from "../../../host/block_source/other_size_error.ts";
import { fileStatus } from "../../../host/files/file_status.ts";
import { hasCode } from "../../../host/libc/errno.ts";

/** So much of a part is asked for to learn its size. */
const LOOK_BYTES = 4096;

/** What says that a file is not there; a server may forbid what it does not have. */
export const MISSING_CODES = ["no-image", "url-not-found", "url-forbidden"] as const;

/** The folder that something lies in. */
export class PartFolder {
  readonly isLocal: boolean;
  /** What was opened on a server. */
  readonly opened: HostBlockSource[] = [];
  /** Requests for what is not there. */
  countMissed = 0;
  readonly #looked = new Map<string, HostBlockSource | undefined>();

  /** @param location Of a file in it. */
  constructor(
    private readonly location: string,
    private readonly options: SourceOptions,
  ) {
    this.isLocal = !isRemote(location);
  }

  /** The size of a file; `undefined` where there is none. */
  async sizeOf(name: string): Promise<number | undefined> {
    if (!this.isLocal) return (await this.look(name))?.sizeBytes;
    const status = fileStatus(siblingLocation(this.location, name));
    return status?.isFile() === true ? status.size : undefined;
  }

  /** A file to be looked at, asked for once and closed with the folder; `undefined` without one. */
  async look(name: string): Promise<HostBlockSource | undefined> {
    if (this.#looked.has(name)) return this.#looked.get(name);
    const source = await this.#openThere(name);
    this.#looked.set(name, source);
    if (source !== undefined && !this.isLocal) this.opened.push(source);
    return source;
  }

  async #openThere(name: string): Promise<HostBlockSource | undefined> {
    if (this.isLocal && await this.sizeOf(name) === undefined) return undefined;
    const location = siblingLocation(this.location, name);
    try {
      return await openSource(location, { ...this.options, headBytes: LOOK_BYTES });
    } catch (error) {
      if (!hasCode(error, ...MISSING_CODES)) throw error;
      this.countMissed++;
      return undefined;
    }
  }

  /** Opens a part, which has to have a size; of a server nothing is asked for yet. */
  open(name: string, sizeBytes: number): HostBlockSource | Promise<HostBlockSource> {
    const location = siblingLocation(this.location, name);
    if (!this.isLocal) return this.#openRemote(location, name, sizeBytes);
    const source = openFileSource(location);
    if (source.sizeBytes === sizeBytes) return source;
    source.close();
    throw new OtherSizeError(source.shownName, `${source.sizeBytes}`, sizeBytes);
  }

  #openRemote(
    location: string,
    name: string,
    sizeBytes: number,
  ): HostBlockSource | Promise<HostBlockSource> {
    const looked = this.#looked.get(name);
    if (looked?.sizeBytes === sizeBytes) return looked;
    return openSource(location, { ...this.options, sizeBytes }).then((source) => {
      this.opened.push(source);
      return source;
    });
  }

  /** Closes what was only looked at. */
  close(): void {
    for (const source of this.#looked.values()) source?.close();
  }
}
