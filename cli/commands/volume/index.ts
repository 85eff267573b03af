/**
 * `icecore volume index`: a catalogue of volumes.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { statSync } from "node:fs";
import { printable } from "../../../host/libc/paths.ts";
import { openImage } from "../../../image/open_image.ts";
import { UsageError } from "../../../pipeline/build_errors.ts";
import { counted } from "../../../pipeline/words/counted.ts";
import { formatSize } from "../../../pipeline/words/size.ts";
import { examples } from "../../arguments/examples.ts";
import { fileValue } from "../../arguments/file_value.ts";
import {
  decrypting,
  type DecryptingValues,
  decryptionOptions,
} from "../../arguments/identities.ts";
import { serverOptions, servers, type ServersValues } from "../../arguments/servers.ts";
import { EXIT, exitCodes } from "../../exit_codes.ts";
import { interruptible } from "../../interruptible.ts";
import {
  common,
  type CommonValues,
  isInteractive,
  wantsColor,
} from "../../output/common_options.ts";
import { note, print, printJson } from "../../output/output.ts";
import { ProgressLine } from "../../rendering/progress_line.ts";

interface IndexValues extends CommonValues, DecryptingValues, ServersValues {
  readonly command: "volume";
  readonly action: "index";
  readonly images: readonly string[];
  readonly output: string | undefined;
  readonly indexes: string | undefined;
  readonly bases: readonly string[];
  readonly force: boolean | undefined;
}

/** The command. */
export const volumeIndex = {
  parser: command(
    "index",
    merge(
      object("What and where", {
        action: constant("index"),
        images: multiple(
          argument(fileValue("IMAGE"), {
            description:
              message`A volume: a file, an http or https URL, or s3://BUCKET/KEY. A path that several hold is looked for in the last one.`,
          }),
          {
            min: 1,
            errors: { tooFew: message`cannot index: no IMAGE was given. Name the volumes.` },
          },
        ),
        output: optional(option("-o", "--output", fileValue("CATALOGUE"), {
          description: message`The catalogue to make, an SQLite file.`,
        })),
        force: optional(option("--force", {
          description: message`Replace a catalogue that is there already.`,
        })),
        indexes: optional(option("--indexes", fileValue("FOLDER", "directory"), {
          description:
            message`Keep the index of each volume in FOLDER, and take those that fit their volumes from there.`,
        })),
        bases: multiple(option("--base", fileValue("IMAGE|FOLDER"), {
          description:
            message`Where an image that a volume was built on is, when it is not beside it: the image, or a folder with it.`,
        })),
      }),
      decrypting,
      servers,
      common,
    ),
    {
      brief: message`Make a catalogue of volumes, from the images alone.`,
      description:
        message`Reads names, metadata and digests of the images, never contents, and prints the catalogue's path.`,
      footer: examples(
        "Examples:",
        "  icecore volume index archive-*.img -o archive.catalogue",
        "  icecore volume index s3://vault/archive-000{0..9}.img -o archive.catalogue --indexes kept",
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run(values: IndexValues): Promise<number> {
    const { output } = values;
    if (output === undefined) {
      throw new UsageError(
        "cannot make a catalogue: no file was named for it. Name one.",
        "no-output",
      );
    }
    const { makeCatalogue } = await import("../../../volumes/catalogue/make_catalogue.ts");
    const line = new ProgressLine(values.quiet !== true && isInteractive(), wantsColor(values));
    const decryption = decryptionOptions(values, () => line.clear());
    const begin = performance.now();
    line.start(`index ${counted(values.images.length, "volume")}`);
    try {
      const made = await interruptible((signal) =>
        makeCatalogue({
          images: values.images,
          output,
          force: values.force === true,
          indexes: values.indexes,
          signal,
          open: (location) =>
            openImage(location, {
              ...decryption,
              ...serverOptions(values),
              bases: values.bases,
              signal,
            }),
          onProgress: (_volume, done) => line.update({ done, unit: "files" }),
          onVolume: ({ name, noDigests }) => {
            if (noDigests === undefined) return;
            line.above(() => note(`icecore: ${printable(name)} has no digests: ${noDigests}`));
          },
        })
      );
      line.clear();
      const { countFiles, countFolders } = made;
      const sizeBytes = statSync(output).size;
      const seconds = (performance.now() - begin) / 1000;
      if (values.json === true) {
        const countVolumes = made.volumes.length;
        printJson({
          type: "indexed",
          catalogue: output,
          countVolumes,
          countFolders,
          countFiles,
          sizeBytes,
          seconds,
        });
        return EXIT.done;
      }
      print(printable(output));
      if (values.quiet !== true) {
        note(
          `indexed ${counted(made.volumes.length, "volume")}: ${counted(countFiles, "file")} in ` +
            `${counted(countFolders, "folder")}, ${formatSize(sizeBytes)}`,
        );
      }
      return EXIT.done;
    } finally {
      line.clear();
    }
  },
};
