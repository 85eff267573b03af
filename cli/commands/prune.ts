/**
 * `icecore prune`: removes images that no rule keeps.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { lockFolder } from "../../host/files/folder_lock.ts";
import { nowMs } from "../../host/clock.ts";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import { examples } from "../arguments/examples.ts";
import { fileValue } from "../arguments/file_value.ts";
import { keeping, type KeepingValues, keepRulesOf } from "../arguments/keep_options.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { interruptible } from "../interruptible.ts";
import { decisionJson, decisionRows, hinderedLine, removedLine } from "../listing/image_rows.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues, isInteractive, wantsColor } from "../output/common_options.ts";
import { note, print, printJson } from "../output/output.ts";
import { ProgressLine } from "../rendering/progress_line.ts";
import { type FolderImage, readImageFolder } from "../rotation/image_folder.ts";
import { hasKeepRules } from "../rotation/keep_rules.ts";
import { pruneFolder } from "../rotation/prune_folder.ts";
import { type Decision, removalPlan } from "../rotation/removal_plan.ts";
import { finishRemovals } from "../rotation/remove_image.ts";
import { UnreadImages } from "../rotation/unread_images.ts";

interface PruneValues extends CommonValues, KeepingValues {
  readonly command: "prune";
  readonly folder: string;
  readonly series: string | undefined;
  readonly broken: boolean | undefined;
  readonly dryRun: boolean | undefined;
}

/** The command. */
export const prune = {
  parser: command(
    "prune",
    merge(
      object("Where", {
        command: constant("prune"),
        folder: argument(fileValue("FOLDER", "directory"), {
          description: message`A folder of images, as icecore build DIR --to FOLDER makes them.`,
        }),
        series: optional(option("--series", string({ metavar: "NAME" }), {
          description: message`Only images of NAME: what stands in front of their date.`,
        })),
        broken: optional(option("--broken", {
          description:
            message`Also remove what is damaged, or lies on what is missing, where a verified image is newer.`,
        })),
        dryRun: optional(option("--dry-run", {
          description: message`Print what would be kept and why, and what would go.`,
        })),
      }),
      keeping,
      common,
    ),
    {
      brief: briefOf("prune"),
      description:
        message`Rules count as those of restic, each series for itself, and only images that were verified; what was not is verified first. Never removed: the newest verified image, what a kept image lies on, and what others have made.`,
      footer: examples(
        "Examples:",
        "  icecore prune /backup --keep-daily 7 --keep-monthly 12 --dry-run",
        "  icecore prune /backup --keep-last 10 --series srv",
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run(values: PruneValues): Promise<number> {
    const { folder, json, quiet, dryRun } = values;
    const rules = keepRulesOf(values);
    if (!hasKeepRules(rules)) {
      throw new UsageError(
        "cannot prune: no rule says what is kept, and nothing is removed without one. " +
          "Give one, as in: icecore prune FOLDER --keep-daily 7",
        "no-rule",
      );
    }
    const options = {
      ...values.series !== undefined && { series: values.series },
      broken: values.broken === true,
    };
    const show = (decisions: readonly Decision[]) => {
      if (json === true) { for (const each of decisions) printJson(decisionJson(each)); }
      else if (decisions.length > 0) print(decisionRows(decisions));
    };
    if (dryRun === true) {
      show(removalPlan(await readImageFolder(folder), rules, { ...options, nowMs: nowMs() }));
      return EXIT.done;
    }
    const unread = new UnreadImages();
    const line = new ProgressLine(quiet !== true && isInteractive(), wantsColor(values));
    const unlock = lockFolder(folder);
    try {
      await finishRemovals(folder);
      const removed = await interruptible((signal) =>
        pruneFolder(folder, rules, {
          ...options,
          unread,
          signal,
          onVerify: ({ name }) => line.start(`verify ${printable(name)}`),
          onProgress: (done, total, unit) =>
            line.update({ done, unit, ...total !== undefined && { total } }),
          onPlan: (decisions) => line.above(() => json === true ? show(decisions) : undefined),
          onHindered: (image) => line.above(() => note(`icecore: ${hinderedLine(image)}`)),
          onRemoved: (image) =>
            json === true || values.silent === true ? undefined : print(removedLine(image)),
        })
      );
      if (json !== true && quiet !== true) print(sumOf(removed));
      unread.conclude();
      return EXIT.done;
    } finally {
      line.clear();
      unlock();
    }
  },
};

function sumOf(removed: readonly FolderImage[]): string {
  if (removed.length === 0) return "nothing to remove";
  const bytes = removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return `${counted(removed.length, "image")} removed, ${formatSize(bytes)}`;
}
