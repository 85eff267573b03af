/**
 * What the commands that read an image have in common.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import type { ImageReader } from "../../image/image_reader.ts";
import { openImage } from "../../image/open_image.ts";
import type { CommonValues } from "../output/common_options.ts";
import { note, OutputClosedError } from "../output/output.ts";
import { noteTraffic } from "../output/traffic.ts";
import { fileValue } from "./file_value.ts";
import { decrypting, type DecryptingValues, decryptionOptions } from "./identities.ts";
import { LeftOut, type SalvagingValues } from "./salvage.ts";
import { serverOptions, servers, type ServersValues } from "./servers.ts";
import { stackOptions, stacks, type StacksValues } from "./stacks.ts";
import { within, withinOptions, type WithinValues } from "./within.ts";

/** The image, anywhere. */
export const imageArgument = argument(fileValue("IMAGE"), {
  description:
    message`The image: a file, a block device, an http or https URL, or s3://BUCKET/KEY with the usual AWS environment variables.`,
});

/** How it is read, as a parser to be merged into a command's. */
export const reading = merge(
  object("Reading", {
    ignoreJournal: optional(option("--ignore-journal", {
      description:
        message`Read an image that was not unmounted as it is, instead of replaying its journal in memory.`,
    })),
  }),
  stacks,
  decrypting,
  within,
  servers,
);

/** The values of a command that reads an image. */
export interface ReadingValues
  extends CommonValues, DecryptingValues, ServersValues, StacksValues, WithinValues {
  readonly image: string;
  readonly ignoreJournal: boolean | undefined;
}

/**
 * Opens the image for the time of `work`, which ends when nobody reads our output any more.
 *
 * @returns The exit code.
 */
export async function withImage(
  values: ReadingValues & Partial<SalvagingValues>,
  work: (image: ImageReader, leftOut: LeftOut) => Promise<void>,
): Promise<number> {
  const { image: location, ignoreJournal, quiet } = values;
  const leftOut = new LeftOut(values);
  await using image = await openImage(location, {
    journal: ignoreJournal === true ? "ignore" : "replay",
    ...leftOut.listeners,
    ...decryptionOptions(values),
    ...withinOptions(values),
    ...serverOptions(values),
    ...stackOptions(values),
  });
  if (image.info.journal === "ignored" && quiet !== true) {
    note("icecore: the journal was not replayed: what was written last may be missing or broken");
  }
  try {
    await work(image, leftOut);
  } catch (error) {
    if (!(error instanceof OutputClosedError)) throw error;
  }
  noteTraffic(image.traffic, values);
  return leftOut.exitCode;
}
