/**
 * What is not the same on both sides.
 * @module
 */

/** One name that differs. */
export type Difference =
  & {
    /** From the root, printable: control characters and bytes that are not UTF-8 are escaped. */
    readonly path: string;
  }
  & (
    | {
      readonly kind: "added" | "removed";
      readonly nodeType: "file" | "folder" | "symlink" | "device" | "fifo" | "socket";
    }
    | {
      readonly kind: "type";
      readonly from: "file" | "folder" | "symlink" | "device" | "fifo" | "socket";
      readonly to: "file" | "folder" | "symlink" | "device" | "fifo" | "socket";
    }
    /** A file's bytes, a link's target, a device's number; `fields` are the metadata as well. */
    | {
      readonly kind: "content";
      readonly fields: readonly string[];
      /** Of a file that was compared to its end: `[start, end)` of the bytes that differ. */
      readonly range?: readonly [startBytes: number, endBytes: number];
    }
    /** `mode`, `uid`, `gid`, `mtime`, `links`, and `attribute NAME`. */
    | { readonly kind: "metadata"; readonly fields: readonly string[] }
  );

/** What kind of thing a name stands for. */
export type NodeType = Extract<Difference, { readonly kind: "type" }>["from"];

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
      return `M ${path} (${[contentWord(difference), ...difference.fields].join(", ")})`;
    case "metadata":
      return `m ${path} (${difference.fields.join(", ")})`;
  }
}

function contentWord({ range }: Difference & { readonly kind: "content" }): string {
  if (range === undefined) return "content";
  const [start, end] = range;
  return end - start === 1 ? `content in byte ${start}` : `content in bytes ${start}–${end - 1}`;
}
