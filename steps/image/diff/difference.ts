/**
 * What is not the same on both sides.
 * @module
 */

/** What kind of thing a name stands for. */
export type NodeType = "file" | "folder" | "symlink" | "device" | "fifo" | "socket";

/** One name that differs. */
export type Difference =
  & {
    /** From the root, printable: control characters and bytes that are not UTF-8 are escaped. */
    readonly path: string;
  }
  & (
    | { readonly kind: "added" | "removed"; readonly nodeType: NodeType }
    | { readonly kind: "type"; readonly from: NodeType; readonly to: NodeType }
    /** A file's bytes, a link's target, a device's number; `fields` are the metadata, too. */
    | { readonly kind: "content"; readonly fields: readonly string[] }
    /** `mode`, `uid`, `gid`, `mtime`, `links`, and `attribute NAME`. */
    | { readonly kind: "metadata"; readonly fields: readonly string[] }
  );

/**
 * A line for people, as `diff` and `git status` have taught them: `+` is only in the second,
 * `-` only in the first, `T` became something else, `M` other contents, `m` other metadata.
 */
export function differenceLine(difference: Difference): string {
  const { path } = difference;
  switch (difference.kind) {
    case "added":
      return `+ ${path}${difference.nodeType === "folder" ? "/" : ""}`;
    case "removed":
      return `- ${path}${difference.nodeType === "folder" ? "/" : ""}`;
    case "type":
      return `T ${path} (${difference.from} became ${difference.to})`;
    case "content":
      return `M ${path} (${["content", ...difference.fields].join(", ")})`;
    case "metadata":
      return `m ${path} (${difference.fields.join(", ")})`;
  }
}
