/**
 * The folder that volumes go to.
 * @module
 */

import { resolve } from "node:path";
import { isRemote, shownLocation } from "../../host/block_source/location.ts";
import { UsageError } from "../../pipeline/build_errors.ts";

/** How volumes come to be on a server, for the help of the commands that build some. */
export const TO_S3: readonly string[] = [
  "To S3, each volume is built in --to and sent with what says which it is; of what is",
  "there already, nothing is sent again. The image stays in --to:",
  "  --to /backup --use s3 --set s3.to=s3://vault/archive",
];

/**
 * The absolute path of the folder.
 * @param to As typed; the current folder when absent.
 * @throws UsageError `to-is-remote`
 */
export function targetFolder(to: string | undefined): string {
  if (to === undefined || !isRemote(to)) return resolve(to ?? ".");
  const shown = shownLocation(to);
  const how = /^s3:/i.test(to)
    ? `Name a folder, and add --use s3 --set s3.to=${shown}: each volume is sent when it is built`
    : "Name a folder, and have the volumes sent by a step, such as s3 or ssh";
  throw new UsageError(
    `cannot build volumes into ${shown}: what lies beside them says which are built, and that is ` +
      `looked at in a folder. ${how}.`,
    "to-is-remote",
  );
}
