/**
 * The conditions of `icecore find` as options.
 * @module
 */

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple, optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";

/** The options, as a parser to be merged into a command's. */
export const conditions = object("Conditions, all of which must hold", {
  name: multiple(option("--name", string({ metavar: "GLOB" }), {
    description: message`The name matches; given several times, one of them does.`,
  })),
  iname: multiple(option("--iname", string({ metavar: "GLOB" }), {
    description: message`The same, where capital and small letters are equal.`,
  })),
  path: multiple(option("--path", string({ metavar: "GLOB" }), {
    description:
      message`The path from the image's root matches; ** stands for any folders, * for one name.`,
  })),
  kind: optional(option("--type", string({ metavar: "TYPES" }), {
    description:
      message`It is a file (f), folder (d), symbolic link (l), device (c, b), pipe (p) or socket (s); several as f,l.`,
  })),
  size: multiple(option("--size", string({ metavar: "[+-]SIZE" }), {
    description: message`It is larger (+10M), smaller (-1K) or exactly so large (0).`,
  })),
  newer: optional(option("--newer", string({ metavar: "WHEN" }), {
    description:
      message`It was modified after WHEN: a date, with a time or without, or an age such as 12h or 7d.`,
  })),
  older: optional(option("--older", string({ metavar: "WHEN" }), {
    description: message`It was modified before WHEN.`,
  })),
});
