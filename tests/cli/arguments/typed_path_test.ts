import assert from "node:assert/strict";
import { LeftOut } from "../../../cli/arguments/salvage.ts";
import { findTyped } from "../../../cli/arguments/typed_path.ts";
import { listPaths } from "../../../cli/listing/list_paths.ts";
import type { FollowOptions } from "../../../ext4/reader/file_system.ts";
import { type ImageReader, PathError } from "../../../read.ts";

const BROKEN = new Error("the connection broke");
const NOWHERE = new PathError("no-such-path", "x", "cannot find x");

/** An image of which `stat` is asked, and nothing else. */
function imageWith(
  stat: (path: string | Uint8Array, follows: boolean) => unknown,
): ImageReader {
  const answer = (
    path: string | Uint8Array,
    { followSymlinks = false }: FollowOptions = {},
  ) => Promise.resolve().then(() => stat(path, followSymlinks));
  return { stat: answer } as unknown as ImageReader;
}

function raise(error: Error): never {
  throw error;
}

const LISTING = {
  isLong: false,
  isRecursive: false,
  isDirectory: false,
  isHuman: false,
};

Deno.test("what breaks while escapes are tried is reported, and not that the path is missing", async () => {
  const broken = imageWith((path) =>
    raise(typeof path === "string" ? NOWHERE : BROKEN)
  );
  await assert.rejects(findTyped(broken, "caf\\351"), BROKEN);
  const missing = imageWith(() => raise(NOWHERE));
  await assert.rejects(findTyped(missing, "caf\\351"), NOWHERE);
});

Deno.test("ls takes a link for a dangling one only where it leads nowhere", async () => {
  const broken = imageWith((_, follows) =>
    follows ? raise(BROKEN) : { kind: "symlink" }
  );
  await assert.rejects(
    listPaths(broken, new LeftOut({}), ["link"], { ...LISTING, isJson: false }),
    BROKEN,
  );
});
