/**
 * Runs `icecore verify --all FOLDER`.
 * @module
 */

import { printable } from "../../host/libc/paths.ts";
import type { VerifyImageOptions } from "../../image/verify.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { VerificationError } from "../../pipeline/build_errors.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { interruptible } from "../interruptible.ts";
import { type CommonValues, isInteractive, wantsColor } from "../output/common_options.ts";
import { note, print, printJson } from "../output/output.ts";
import { ProgressLine } from "../rendering/progress_line.ts";
import { writeMetrics } from "./metrics.ts";
import { type FolderVerdict, verifyFolder } from "./verify_folder.ts";

/** What the command line says of it. */
export interface VerifyAll extends CommonValues {
  readonly folder: string;
  /** How much is read of each, in words; all of it when absent. */
  readonly share: string | undefined;
  readonly metrics: string | undefined;
}

/** @throws VerificationError, EnvironmentError when not all images are right, after all were named. */
export async function runVerifyAll(values: VerifyAll, options: VerifyImageOptions): Promise<void> {
  const { folder, share, metrics, json, quiet } = values;
  const line = new ProgressLine(quiet !== true && isInteractive(), wantsColor(values));
  try {
    const verified = await interruptible((signal) =>
      verifyFolder(
        folder,
        {
          ...options,
          signal,
          onProgress: (done, total, unit) =>
            line.update({ done, unit, ...total !== undefined && { total } }),
        },
        {
          onImage: (name) => line.start(`verify ${printable(name)}`),
          onVerdict: (verdict) => line.above(() => show(verdict, values)),
        },
        share,
      )
    );
    line.clear();
    if (metrics !== undefined) writeMetrics(metrics, folder, verified);
    const counts = countsOf(verified.verdicts);
    if (json === true) printJson({ type: "verified-folder", folder, ...counts });
    else if (quiet !== true) print(summaryOf(counts, share));
    conclude(folder, counts);
  } finally {
    line.clear();
  }
}

type Counts = Readonly<Record<FolderVerdict["result"], number>>;

function countsOf(verdicts: readonly FolderVerdict[]): Counts {
  const count = (result: FolderVerdict["result"]) =>
    verdicts.filter((verdict) => verdict.result === result).length;
  return {
    right: count("right"),
    damaged: count("damaged"),
    unread: count("unread"),
    foreign: count("foreign"),
  };
}

function show({ name, result, why = "" }: FolderVerdict, { json, quiet }: VerifyAll): void {
  if (json === true) printJson({ type: "verified-image", name, result, ...why !== "" && { why } });
  else if (result === "damaged" || result === "unread") {
    note(`icecore: ${printable(name)}: ${result}: ${printable(why)}`);
  } else if (quiet !== true) {
    print(`${printable(name)}: ${result === "right" ? "OK" : "not icecore's, not looked at"}`);
  }
}

function summaryOf({ right, damaged, unread, foreign }: Counts, share: string | undefined): string {
  const parts = [`${counted(right, "image")} right`];
  if (damaged > 0) parts.push(`${damaged} damaged`);
  if (unread > 0) parts.push(`${unread} that could not be read`);
  if (foreign > 0) parts.push(`${counted(foreign, "other file")}`);
  return `${parts.join(", ")}${share === undefined ? "" : `; ${share} of each was read`}`;
}

function conclude(folder: string, { right, damaged, unread }: Counts): void {
  const shown = printable(folder);
  if (right + damaged + unread === 0) {
    throw new EnvironmentError(
      `cannot verify ${shown}: there is no image in it. See whether it is the right folder, and ` +
        "whether the disk is mounted.",
      "no-images",
    );
  }
  if (damaged > 0) {
    throw new VerificationError(
      `cannot trust ${
        counted(damaged, "image")
      } in ${shown}. Get them from another copy, or have ` +
        "the next backup be a full one.",
    );
  }
  if (unread === 0) return;
  throw new EnvironmentError(
    `cannot read ${
      counted(unread, "image")
    } in ${shown}. Look at the disk, and at who may read it.`,
    "unreadable",
  );
}
