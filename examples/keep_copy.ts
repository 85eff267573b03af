/**
 * A custom step: keeps a copy of the image in a folder, under a name with the digest in it, so that
 * no copy ever replaces another.
 * @module
 */

import { copyFile, rename, rm } from "node:fs/promises";
import { defineStep } from "icecore";
import { payloadOf, withArtifact } from "icecore/plugin";

export default defineStep({
  name: "keep-copy",
  summary: "keep a copy in the vault",
  after: "hash",
  accepts: ["sealed", "unmounted"],
  shell: false,
  options: {
    vault: { type: "string", help: "the folder of the copies", required: true },
  },

  async run(image, { options, defer }) {
    const { path, name, sizeBytes } = payloadOf(image);
    const [digest] = Object.values(image.digests);
    if (digest === undefined) throw new Error("cannot name the copy: put this step behind hash.");
    const copy = `${options.vault}/${digest.slice(0, 12)}-${name}`;
    // Half a copy is never seen under the final name, and is gone when the build fails.
    defer(() => rm(`${copy}.partial`, { force: true }));
    await copyFile(path, `${copy}.partial`);
    await rename(`${copy}.partial`, copy);
    return withArtifact(image, { kind: "copy", path: copy, finalPath: copy, sizeBytes });
  },
});
