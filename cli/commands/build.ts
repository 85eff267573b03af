/**
 * `icecore build`: folders in, an image out.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message, text } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { choice, integer, string } from "@optique/core/valueparser";
import { ALGORITHMS } from "../../host/digests/file_digest.ts";
import { MOST_THREADS } from "../../source/reading/reading_threads.ts";
import { recipes } from "../../steps/recipes.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue, wordValue } from "../arguments/file_value.ts";
import { keeping } from "../arguments/keep_options.ts";
import { looseChoice } from "../arguments/loose_choice.ts";
import { unguessed } from "../arguments/unguessed.ts";
import type { BuildValues } from "../building/build_values.ts";
import { plugins } from "../building/built_in_plugins.ts";
import { ownStepNames } from "../building/own_steps.ts";
import { runBuild } from "../building/run_build.ts";
import { sendConsoleToStderr } from "../building/send_console.ts";
import { settingValue } from "../completion/setting_words.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { interruptible } from "../interruptible.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common } from "../output/common_options.ts";
import { jsonTarget } from "../output/output.ts";
import { rendererFor } from "../rendering/renderer.ts";

const pluginNames = Object.keys(plugins);
const recipeNames = Object.keys(recipes);
const BLOCK_SIZES = ["auto", "1024", "2048", "4096"] as const;

/** `4k` as `4096`. */
function blocksOf(text: string): string {
  const kibibytes = /^([124])\s*k(?:i?b)?$/i.exec(text)?.[1];
  return kibibytes === undefined ? text : String(1024 * Number(kibibytes));
}

/** `SHA-512` as `sha512`. */
function algorithmOf(text: string): string {
  return text.toLowerCase().replace(/^(sha|md)[-_ ]/, "$1");
}

const parser = command(
  "build",
  unguessed(merge(
    object("What and where", {
      command: constant("build"),
      sources: multiple(
        argument(fileValue("SOURCE"), {
          description:
            message`A folder. SOURCE/. puts its contents at the image's root instead of under its own name.`,
        }),
        {
          min: 1,
          errors: {
            tooFew: message`No SOURCE is named. Name a folder, as in: icecore build /srv/photos`,
          },
        },
      ),
      output: optional(option("-o", "--output", fileValue("IMAGE"), {
        description:
          message`The image to write, or a folder with a slash behind; - for stdout. Default: the source's name with .img, in the current folder.`,
      })),
      exclude: multiple(option("--exclude", string({ metavar: "GLOB" }), {
        description:
          message`Leave out what matches; a pattern with a slash is matched from the source on.`,
      })),
      excludeFrom: multiple(option("--exclude-from", fileValue("FILE"), {
        description:
          message`Leave out what matches a line of FILE, which is read as tar -X reads it.`,
      })),
      oneFileSystem: optional(option("--one-file-system", {
        description: message`Store folders of other file systems empty.`,
      })),
      times: optional(option("--times", looseChoice(["mtime", "all"], "mtime|all"), {
        description:
          message`Keep the modification time (mtime, the default), or all four. With mtime, recipe native makes the same image of the same tree.`,
      })),
      withoutRecord: optional(option("--without-record", {
        description:
          message`Leave out the SHA-256 of each file, by which verify finds damaged files.`,
      })),
      dedupe: optional(option("--dedupe", {
        description:
          message`Store equal files once (recipe native). Files of one size are read twice for it.`,
      })),
      digestsFrom: optional(option("--digests-from", fileValue("IMAGE"), {
        description:
          message`With --dedupe: do not read what an earlier image with --times all knows.`,
      })),
      reflink: optional(
        option("--reflink", looseChoice(["auto", "always", "never"], "auto|always|never"), {
          description:
            message`Clone blocks instead of copying them, where source and image lie on one btrfs or XFS. Default: never, for a clone is not a second copy.`,
        }),
      ),
      snapshot: optional(
        option("--snapshot", looseChoice(["auto", "btrfs", "zfs", "lvm"], "auto|btrfs|zfs|lvm"), {
          description:
            message`Read the source from a snapshot, so that the image is of one moment; needs root.`,
        }),
      ),
      limit: optional(option("--limit", string({ metavar: "SIZE" }), {
        description: message`Read no more than SIZE a second, such as 20M; uploads are no faster.`,
      })),
      report: optional(option("--report", fileValue("FILE"), {
        description:
          message`Also write a page about the build and the image. See: icecore report --help`,
      })),
    }),
    object("Only what changed", {
      base: multiple(option("--base", fileValue("IMAGE"), {
        description:
          message`Store only what changed since IMAGE was made: a path or URL, of an image that may itself be such a one. Given again: where images below it are, or folders of them.`,
      })),
      identity: multiple(option("--identity", fileValue("FILE"), {
        description:
          message`Decrypt an encrypted base with the private key in FILE: of age-keygen, or of ssh-keygen.`,
      })),
      unchangedBy: optional(
        option("--unchanged-by", choice(["times", "content"], { metavar: "times|content" }), {
          description:
            message`What shows that a file is unchanged: its size and times (the default), or its contents, which are read.`,
        }),
      ),
    }),
    object("Again and again", {
      to: optional(option("--to", fileValue("FOLDER", "directory"), {
        description:
          message`Build FOLDER/NAME-DATE.img, verify it, and then remove what no --keep option keeps.`,
      })),
      fullEvery: optional(option("--full-every", integer({ metavar: "N", min: 1, max: 500 }), {
        description:
          message`With --to: after a full image N-1 that store what changed, each on the one before. Default: 1, all are full.`,
      })),
      hostName: optional(option("--host-name", string({ metavar: "NAME" }), {
        description:
          message`With --to: whose images these are, where the machine's own name does not last, as in a container.`,
      })),
    }),
    keeping,
    object("How", {
      recipe: optional(option("--recipe", fileValue("RECIPE", "any", recipeNames), {
        description: message`Which steps: ${
          text(recipeNames.join(" or "))
        }, or a recipe file. See: icecore steps, icecore recipe`,
      })),
      size: optional(option("--size", string({ metavar: "SIZE" }), {
        description:
          message`The size to begin with, such as 52G (recipe e2fsprogs); no guess is needed.`,
      })),
      blockSize: optional(option("--block-size", looseChoice(BLOCK_SIZES, "SIZE", blocksOf), {
        description:
          message`Bytes of a block: 1024, 2048, 4096, or auto, the default: what gives the smallest image.`,
      })),
      label: optional(option("--label", string({ metavar: "LABEL" }), {
        description: message`The volume's name, at most 16 bytes.`,
      })),
      uuid: optional(option("--uuid", string({ metavar: "UUID" }), {
        description:
          message`The volume's UUID. Default: native derives it from the tree, e2fsprogs draws one.`,
      })),
      readAhead: optional(
        option("--read-ahead", integer({ metavar: "N", min: 0, max: MOST_THREADS }), {
          description:
            message`Threads that read a slow source ahead; 0 for none. Default: as many as help, where the source is slow or lies elsewhere.`,
        }),
      ),
      hash: optional(option("--hash", looseChoice(ALGORITHMS, "ALGORITHM", algorithmOf), {
        description: message`The digest's algorithm: ${
          text(ALGORITHMS.join(", "))
        }. Default: sha512.`,
      })),
      use: multiple(
        option("--use", fileValue("[before:STEP=|after:STEP=]PLUGIN", "any", pluginNames), {
          description: message`Put in a step: ${
            text(pluginNames.join(", ") || "a plugin")
          }, a module, a script or a program. By default it goes where it says it belongs.`,
        }),
      ),
      set: multiple(option("--set", settingValue("STEP.OPTION=VALUE"), {
        description:
          message`Set an option of a step. Without =VALUE, ask for a secret one. See: icecore steps`,
      })),
      without: multiple(option("--without", wordValue("STEP", ownStepNames), {
        description: message`Leave a step out.`,
      })),
    }),
    object("Safety", {
      trust: optional(option("--trust", {
        description:
          message`Use a recipe file, and steps that it names, that others may have written.`,
      })),
      dryRun: optional(option("--dry-run", {
        description:
          message`Print what would be done, and write nothing; with --verbose, also what is excluded.`,
      })),
      force: optional(option("--force", {
        description: message`Replace an image that is there already.`,
      })),
      keep: optional(option("--keep", {
        description: message`Keep IMAGE.partial when the build fails.`,
      })),
      strict: optional(option("--strict", {
        description:
          message`Fail, and leave no image, when a source file could not be read or changed.`,
      })),
    }),
    common,
  )),
  {
    brief: briefOf("build"),
    description:
      message`Builds IMAGE and IMAGE.sha512. The image appears under its name only when it is complete.`,
    footer: examples(
      "Examples:",
      "  icecore build /srv/photos -o /backup/photos.img --exclude '*.tmp'",
      "  icecore build /srv/photos -o /backup/photos-nov.img --base /backup/photos.img",
      "  icecore build /srv/photos --use ./upload.ts --set upload.to=vault",
      "  icecore build /srv --to /backup --full-every 30 --keep-daily 14 --keep-monthly 12",
      "",
      ...exitCodes({ lossy: "done with losses (each named)" }),
    ),
  },
);

/** The command. */
export const build = {
  parser,
  async run(values: BuildValues): Promise<number> {
    sendConsoleToStderr();
    const renderer = rendererFor(values, jsonTarget(values));
    const say = (text: string) => renderer.emit({ type: "message", level: "warning", text });
    try {
      // Modules of the user's are run when they are loaded, and may end badly then.
      const code = await interruptible((signal) => runBuild(values, renderer.emit, signal), say);
      if (code !== EXIT.done) renderer.trouble("done, but with losses");
      return code;
    } catch (error) {
      renderer.trouble();
      throw error;
    } finally {
      renderer.end();
    }
  },
};
