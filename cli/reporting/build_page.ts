/**
 * The page about a build, for `icecore build --report`.
 * @module
 */

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { requireFree } from "../../host/files/require_free.ts";
import { openImage } from "../../image/open_image.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import type { BuildFacts } from "../../report/build_log.ts";
import { buildReport } from "../../report/report_page.ts";
import { imagePage } from "./image_page.ts";
import { writePage } from "./page_file.ts";

/**
 * Looks whether the page could be written, before anything is built.
 *
 * @throws UsageError `bad-report`; EnvironmentError `output-exists`
 */
export function checkReport(path: string, output: string, force: boolean): void {
  if (path === "-" || resolve(path) === output) {
    throw new UsageError(
      "cannot write the report there: that place is taken by the result of the build. " +
        "Name a file, as in --report report.html.",
      "bad-report",
    );
  }
  requireFree(resolve(path), force);
}

/** Writes the page; what is in the image is read from it where it lies here. */
export async function writeBuildPage(
  path: string,
  build: BuildFacts,
  force: boolean,
): Promise<void> {
  const { image } = build;
  if (image.path === "-" || !existsSync(image.path)) {
    await writePage(path, buildReport(build), force, undefined);
    return;
  }
  await using reader = await openImage(image.path);
  await writePage(path, await imagePage(reader, image.path, { build }), force, image.path);
}
