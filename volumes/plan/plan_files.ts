/**
 * The files of a plan while it is made: they have their names when both are complete.
 * @module
 */

import { rmSync } from "node:fs";
import { claimPartial } from "../../host/files/claim_partial.ts";
import { createFile } from "../../host/files/create_file.ts";
import { Publication } from "../../host/files/publication.ts";
import { requireFree } from "../../host/files/require_free.ts";
import { syncPath } from "../../host/files/sync_path.ts";
import { close, type Descriptor } from "../../host/libc/files.ts";
import { printable } from "../../host/libc/paths.ts";
import { namesPathOf } from "./plan_paths.ts";
import { ScratchFile } from "../files/scratch.ts";

/** A plan and the list of its names, under names of their own. */
export class PlanFiles {
  private constructor(
    private readonly path: string,
    private readonly force: boolean,
    private readonly lock: Descriptor,
    readonly plan: WritableStream<Uint8Array>,
    readonly names: ScratchFile,
  ) {}

  /** @throws EnvironmentError `output-exists`, `in-the-way`, `output-busy`, `not-writable` */
  static claim(path: string, force: boolean): PlanFiles {
    const names = namesPathOf(path);
    requireFree(names, force);
    const plan = createFile(`${path}.partial`, force);
    const lock = claimPartial(`${names}.partial`, printable(names));
    return new PlanFiles(path, force, lock, plan, ScratchFile.open(`${names}.partial`, "r+"));
  }

  /** Gives both their names; the plan was closed before. */
  async publish(): Promise<void> {
    // The plan last: where it is, its names are.
    const files = [namesPathOf(this.path), this.path]
      .map((finalPath) => ({ path: `${finalPath}.partial`, finalPath }));
    for (const { path } of files) await syncPath(path);
    const publication = Publication.plan(files, this.force);
    await publication.run();
    for (const aside of publication.asides) rmSync(aside, { force: true });
  }

  /** Removes what was not published. */
  async close(): Promise<void> {
    this.names.close();
    // A stream that was closed, or has failed, takes no notice.
    await this.plan.abort().catch(() => {});
    rmSync(`${namesPathOf(this.path)}.partial`, { force: true });
    rmSync(`${this.path}.partial`, { force: true });
    close(this.lock);
  }
}
