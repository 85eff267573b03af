/**
 * What was found in a folder, for Prometheus: a file that node_exporter's textfile collector reads.
 * @module
 */

import { renameSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { nowSeconds } from "../../host/clock.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { meaningOf } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import type { FolderImage } from "../rotation/image_folder.ts";
import type { FolderVerdict, FolderVerification } from "./verify_folder.ts";

/** The metrics as text. @param whenSeconds When the verification ended. */
export function metricsOf(
  folder: string,
  { verdicts, images }: FolderVerification,
  whenSeconds: number,
): string {
  const at = `folder="${label(resolve(folder))}"`;
  const count = (result: FolderVerdict["result"]) =>
    verdicts.filter((verdict) => verdict.result === result).length;
  const bytes = images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const series = new Map<string, FolderImage[]>();
  for (const image of images) {
    // One of the future would be the newest for years, and hide that nothing runs any more.
    if (image.series === undefined || image.takenMs! > (whenSeconds + 1) * 1000) continue;
    const labels = seriesLabels(image);
    series.set(labels, [...series.get(labels) ?? [], image]);
  }
  const newest = (members: readonly FolderImage[]) =>
    Math.floor(Math.max(...members.map(({ takenMs }) => takenMs ?? 0)) / 1000);
  const perSeries = (pick: (image: FolderImage) => boolean) =>
    [...series].flatMap(([labels, members]) => {
      const picked = members.filter(pick);
      return picked.length === 0 ? [] : [[`${at},${labels}`, newest(picked)] as const];
    });
  return [
    gauge("icecore_folder_images", "Images by what their verification found.", [
      ...(["right", "damaged", "unread", "foreign"] as const).map((result) =>
        [`${at},result="${result}"`, count(result)] as const
      ),
    ]),
    gauge("icecore_folder_bytes", "Bytes of all images.", [[at, bytes]]),
    gauge("icecore_folder_verified_timestamp_seconds", "When the images were verified.", [
      [at, whenSeconds],
    ]),
    gauge(
      "icecore_newest_image_timestamp_seconds",
      "When the newest image of a series was taken.",
      perSeries(() => true),
    ),
    gauge(
      "icecore_newest_verified_image_timestamp_seconds",
      "When the newest image of a series was taken that was verified with all that it lies on.",
      perSeries(({ isVerified }) => isVerified),
    ),
  ].join("");
}

/** Writes them in one go: whoever collects them sees the old file or the new one. */
export function writeMetrics(path: string, folder: string, verified: FolderVerification): void {
  const partial = `${path}.partial`;
  try {
    writeFileSync(partial, metricsOf(folder, verified, nowSeconds()));
    renameSync(partial, path);
  } catch (error) {
    throw new EnvironmentError(
      `cannot write ${printable(path)}: ${meaningOf(error)}. Make its folder writable, or name ` +
        "another file.",
      "not-written",
      { cause: error },
    );
  }
}

function gauge(
  name: string,
  help: string,
  samples: readonly (readonly [labels: string, value: number])[],
): string {
  const lines = samples.map(([labels, value]) => `${name}{${labels}} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines, ""].join("\n");
}

/** Two machines may have images of one name here: each has a newest one of its own. */
function seriesLabels({ series = "", origin, note }: FolderImage): string {
  const name = `series="${label(series)}"`;
  if (origin === undefined) return name;
  const { host = "", sources = [] } = note ?? {};
  return `${name},host="${label(host)}",sources="${label(sources.join(":"))}"`;
}

function label(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
