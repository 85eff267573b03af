/**
 * `icecore mount`: an image as a folder, read-only.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { printable } from "../../host/libc/paths.ts";
import { mountImage } from "../../image/mount_image.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { stackOptions, stacks, type StacksValues } from "../arguments/stacks.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { interruptible } from "../interruptible.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues } from "../output/common_options.ts";
import { note, printJson } from "../output/output.ts";

interface MountValues extends CommonValues, StacksValues {
  readonly command: "mount";
  readonly image: string;
  readonly folder: string;
  readonly fuse: boolean | undefined;
}

/** The command. */
export const mount = {
  parser: command(
    "mount",
    merge(
      object("What and where", {
        command: constant("mount"),
        image: argument(fileValue("IMAGE"), {
          description: message`The image: a file or a block device.`,
        }),
        folder: argument(fileValue("DIR", "directory"), {
          description: message`The folder to mount it at; it must exist.`,
        }),
        fuse: optional(option("--fuse", {
          description:
            message`Mount by FUSE (program fuse2fs; with images below, fuse-overlayfs), also as root.`,
        })),
      }),
      stacks,
      common,
    ),
    {
      brief: briefOf("mount"),
      description:
        message`Mounts read-only, without setuid and devices: by the kernel as root, else by FUSE where fuse2fs is installed. An image that was built with --base is mounted as one tree with those that it lies on.`,
      footer: examples(
        "Example:",
        "  icecore mount photos.img /mnt/photos",
        "  icecore umount /mnt/photos",
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run(values: MountValues): Promise<number> {
    const { image, verbose, json, quiet } = values;
    const { by, folder, isStale } = await interruptible((signal) =>
      mountImage(image, values.folder, {
        by: values.fuse === true ? "fuse" : "auto",
        signal,
        ...stackOptions(values),
        onCommand: (argv) =>
          verbose === true ? note(`  $ ${argv.map(printable).join(" ")}`) : undefined,
      })
    );
    if (isStale) {
      note(
        `icecore: ${
          printable(image)
        } was not unmounted cleanly: what its journal holds is not shown. ` +
          "icecore ls, cat and extract show it",
      );
    }
    if (json === true) printJson({ type: "mounted", image, folder, by, isStale });
    else if (quiet !== true) {
      note(`mounted ${printable(image)} at ${printable(values.folder)} by ${NAMES[by]}`);
    }
    return EXIT.done;
  },
};

const NAMES = { kernel: "the kernel", fuse: "FUSE" } as const;
