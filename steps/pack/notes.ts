/**
 * What a plan could not store as it is, as problems with paths.
 * @module
 */

import type { PlanError } from "../../ext4/image_errors.ts";
import type { PlanNote } from "../../ext4/plan_image.ts";
import { nameOf, type TreeEntry, type TreeInode } from "../../ext4/tree.ts";
import { printable } from "../../host/libc/paths.ts";
import { SourceError } from "../../pipeline/build_errors.ts";
import type { Problem } from "../../pipeline/problem.ts";
import type { ScannedSource } from "../../pipeline/step.ts";
import { counted } from "../../pipeline/words/counted.ts";

/** A note of the plan as a problem. */
export function problemOf(note: PlanNote, source: ScannedSource): Problem {
  switch (note.kind) {
    case "socket-skipped":
      return {
        kind: "skipped",
        path: pathOfEntry(note.entry, source),
        reason: "sockets are not stored",
      };
    case "name-refused":
      return {
        kind: "unsupported",
        path: pathOfEntry(note.entry, source),
        reason: `it cannot be stored (${NAME_REASONS[note.why] ?? note.why}); it is left out`,
      };
    case "links-split":
      return {
        kind: "altered",
        path: source.pathOf(note.inode),
        reason: `it has ${note.countLinks.toLocaleString("en")} names, and ext4 allows 65,000 ` +
          `for one file; its content is stored ${note.countCopies} times`,
      };
    case "time-clamped":
      return {
        kind: "altered",
        path: source.pathOf(note.inode),
        reason: "a time lies outside of 1901 to 2446, which is all that ext4 can hold",
      };
    case "xattr-refused":
      return {
        kind: "unsupported",
        path: source.pathOf(note.inode),
        reason: `attribute ${printable(note.name)} is not stored` +
          `${XATTR_REASONS[note.why] ?? ` (${note.why})`}` +
          (note.countInodes > 1
            ? `, nor on ${counted(note.countInodes - 1, "other")} with it`
            : ""),
      };
  }
}

const NAME_REASONS: Readonly<Record<string, string>> = {
  "lost+found-no-folder": "lost+found must be a folder at the root of ext4",
  "unknown-type": "its type is unknown",
  "bad-target": "its target is empty or too long",
  "file-too-large": "ext4 has no files above 16 TiB",
};

const XATTR_REASONS: Readonly<Record<string, string>> = {
  "unknown-prefix": ": ext4 has no attributes of that kind",
  "name-too-long": ": its name is too long",
  "bad-acl": ": it is not a POSIX ACL that ext4 can hold",
  "no-space": ": there is no room for it",
};

function pathOfEntry(entry: TreeEntry, source: ScannedSource): string {
  const { tree } = source;
  const folder = source.pathOf(tree.entryParent[entry]! as TreeInode);
  return `${folder}/${printable(nameOf(tree, entry))}`;
}

/** The error of a tree that cannot be stored at all, naming the path at fault where there is one. */
export function unplannable(error: PlanError, source: ScannedSource): Error {
  const { inode } = error.where;
  if (inode === undefined) return error;
  const why = error.message.replace(/^cannot store /, "it is ");
  return new SourceError(`cannot store ${source.pathOf(inode)}: ${why}`, error.code, {
    cause: error,
  });
}
