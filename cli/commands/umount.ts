/**
 * `icecore umount`: takes a mounted image away.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { argument, command, constant } from "@optique/core/primitives";
import { printable } from "../../host/libc/paths.ts";
import { unmountImage } from "../../image/unmount_image.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { interruptible } from "../interruptible.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues } from "../output/common_options.ts";
import { note, printJson } from "../output/output.ts";

interface UmountValues extends CommonValues {
  readonly command: "umount";
  readonly folder: string;
}

/** The command. */
export const umount = {
  parser: command(
    "umount",
    merge(
      object("What", {
        command: constant("umount"),
        folder: argument(fileValue("DIR", "directory"), {
          description: message`The folder that an image is mounted at.`,
        }),
      }),
      common,
    ),
    {
      brief: briefOf("umount"),
      description:
        message`Unmounts the image at DIR, by the kernel or FUSE, and frees its loop device.`,
      footer: examples(
        "Example:",
        "  icecore umount /mnt/photos",
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run({ folder, verbose, json }: UmountValues): Promise<number> {
    await interruptible((signal) =>
      unmountImage(folder, {
        signal,
        onCommand: (argv) =>
          verbose === true ? note(`  $ ${argv.map(printable).join(" ")}`) : undefined,
      })
    );
    if (json === true) printJson({ type: "unmounted", folder });
    return EXIT.done;
  },
};
