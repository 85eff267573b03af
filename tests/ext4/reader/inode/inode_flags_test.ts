import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { checkImage } from "../../../../ext4/checker/check_image.ts";
import { CorruptImageError } from "../../../../ext4/image_errors.ts";
import { bytesSource } from "../../../../ext4/reader/bytes/block_source.ts";
import { openFileSystem } from "../../../../ext4/reader/file_system.ts";
import { INODE, INODE_FLAGS } from "../../../../ext4/structs/inode.ts";
import { exercise } from "../../../support/images/exercise_image.ts";
import { Forgery } from "../../../support/images/forge.ts";
import { withMkfsImage } from "../../../support/images/mkfs_images.ts";
import { imageBytes, planOf } from "../../../support/images/write_image.ts";
import { output } from "../../../support/programs/oracles.ts";
import { testWith } from "../../../support/programs/requirements.ts";
import { buildTree, device, file, folder, symlink } from "../../../support/trees/tree_builder.ts";

type Flag = keyof typeof INODE_FLAGS;

const built = buildTree(folder({
  file: file("contents"),
  folder: folder({ inner: file("x") }),
  link: symlink("s".repeat(100)),
  device: device("character", 1, 3),
}));
const original = imageBytes(built, planOf(built));
const sound = await openFileSystem(bytesSource(original));

async function forged(path: string, ...flags: Flag[]): Promise<Uint8Array> {
  const forgery = new Forgery(original.slice());
  forgery.inode((await sound.stat(path)).inode, (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const value = flags.reduce((sum, flag) => (sum | INODE_FLAGS[flag]) >>> 0, 0);
    view.setUint32(INODE.offsets.i_flags, value, true);
  });
  return forgery.image;
}

const CONTRADICTIONS: readonly (readonly [path: string, ...flags: Flag[]])[] = [
  ["file", "inline_data", "extents"],
  ["file", "inline_data", "index"],
  ["file", "inline_data", "encrypt"],
  ["file", "inline_data", "verity"],
  ["file", "inline_data", "ea_inode"],
  ["folder", "inline_data", "extents"],
  ["folder", "inline_data", "index"],
  ["link", "inline_data", "extents"],
  ["file", "ea_inode", "index"],
  ["file", "ea_inode", "encrypt"],
  ["file", "ea_inode", "verity"],
  ["file", "ea_inode", "casefold"],
  ["file", "extents", "verity", "index"],
  ["folder", "extents", "verity", "casefold"],
  ["file", "inline_data"], // the image has not the feature
  ["device", "extents"],
  ["device", "inline_data"],
  ["device", "index"],
  ["device", "encrypt"],
];

for (const [path, ...flags] of CONTRADICTIONS) {
  Deno.test(`a ${path} with ${flags.join(" and ")} is refused, and no image with it is sound`, async () => {
    const image = await forged(path, ...flags);
    await assert.rejects(exercise(bytesSource(image)), (error) => {
      assert.ok(error instanceof CorruptImageError, String(error));
      assert.equal(error.code, "inode-flag");
      assert.match(error.message, /^cannot read ext4_inode: .*\. The image is damaged/);
      return true;
    });
    const { findings } = await checkImage(bytesSource(image));
    assert.ok(findings.some(({ code }) => code === "inode-flag"));
  });
}

for (const flags of [["extents"], ["extents", "verity"], ["extents", "huge_file"]] as const) {
  Deno.test(`a file with ${flags.join(" and ")} is read`, async () => {
    const files = await openFileSystem(bytesSource(await forged("file", ...flags)));
    const into = new Uint8Array(8);
    assert.equal(await (await files.openFile("file")).read(0, into), 8);
    assert.equal(new TextDecoder().decode(into), "contents");
  });
}

testWith(
  { programs: ["mkfs.ext4", "debugfs"] },
  "inline contents that claim to lie in extents are not read as either",
  () =>
    withMkfsImage(["-t", "ext4", "-O", "inline_data"], async (image) => {
      const source = bytesSource(readFileSync(image));
      const files = await openFileSystem(source);
      let inline: string | undefined;
      for await (const { pathText, kind, stat } of files.walk()) {
        const isInline = (stat.flags & INODE_FLAGS.inline_data) !== 0;
        if (kind === "file" && isInline && stat.sizeBytes > 0) inline ??= pathText;
      }
      assert.ok(inline !== undefined);
      const { inode } = await files.stat(inline);
      output("debugfs", ["-w", "-R", `sif <${inode}> flags 0x10080000`, image]);
      const broken = await openFileSystem(bytesSource(readFileSync(image)));
      await assert.rejects(broken.openFile(inline), { code: "inode-flag" });
    }),
);
