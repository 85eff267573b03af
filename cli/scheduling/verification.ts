/**
 * The monthly verification of a folder of images, as systemd and cron run it.
 * @module
 */

import { dirname } from "node:path";
import type { ScheduledJob } from "./units.ts";

/** After the night's backups of the first of a month. */
const MONTHLY = "*-*-01 05:00:00";
const TEMPORARY = /^\/(?:var\/)?tmp(?:\/|$)/;

/** What it is run with. */
export interface VerificationOptions {
  /** How icecore itself is started. */
  readonly command: readonly string[];
  /** How much is read of each image, in words. */
  readonly sample: string | undefined;
  /** Absolute. */
  readonly metrics: string | undefined;
}

/** @param folder Absolute. */
export function verificationOf(
  folder: string,
  { command, sample, metrics }: VerificationOptions,
): ScheduledJob {
  // What is found is noted beside each image.
  const writes = [folder, ...metrics === undefined ? [] : [dirname(metrics)]];
  const options = [
    ...sample === undefined ? [] : ["--sample", sample],
    ...metrics === undefined ? [] : ["--metrics", metrics],
  ];
  return {
    name: `verify${folder.replace(/\/$/, "").replaceAll("/", "-") || "-root"}`,
    what: `verify the images in ${folder}`,
    argv: [...command, "verify", "--all", folder, ...options, "-q", "-q"],
    when: MONTHLY,
    writes,
    hasNetwork: false,
    mounts: false,
    usesTmp: writes.some((path) => TEMPORARY.test(path)),
  };
}
