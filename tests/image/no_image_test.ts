import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { saysNoImage } from "../../image/no_image.ts";
import { openImage } from "../../read.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

for (
  const [what, beginning, expected] of [
    [
      "gzip",
      "\x1f\x8b\x08",
      /x\.img: it is compressed\. Unpack it with gunzip /,
    ],
    ["xz", "\xfd7zXZ\0", /x\.img: it is compressed\. Unpack it with unxz /],
    [
      "tar",
      `${"n".repeat(257)}ustar`,
      /x\.img: it is a tar archive\. Read it with tar -tvf /,
    ],
    ["squashfs", "hsqs", /x\.img: it is a squashfs image\./],
    [
      "HFS+",
      `${"\0".repeat(1024)}H+\0\x04`,
      /x\.img: it is a HFS\+ image\. Mount it with /,
    ],
    [
      "APFS",
      `${"\0".repeat(32)}NXSB`,
      /x\.img: it is an apfs image\. Mount it on a Mac/,
    ],
    [
      "wim",
      "MSWIM\0\0\0",
      /x\.img: it is an archive of Windows \(wim\)\. Read it with 7z l /,
    ],
    [
      "nothing known",
      "hello",
      /x\.img: it has no ext2, ext3 or ext4 superblock\. See whether/,
    ],
    [
      "nothing",
      "",
      /x\.img: it has no ext2, ext3 or ext4 superblock\. See whether/,
    ],
  ] as const
) {
  Deno.test(`what begins as ${what} is not an image, and the message says what to do`, async () => {
    await inTemporaryFolder(async (folder) => {
      for (const length of [5000, beginning.length]) {
        const path = `${folder}/x.img`;
        writeFileSync(
          path,
          Buffer.from(beginning.padEnd(length, "\0"), "latin1"),
        );
        await assert.rejects(openImage(path), (error: Error) => {
          assert.ok(saysNoImage(error));
          const short = length < 2048 && expected.source.includes("superblock");
          assert.match(
            error.message,
            short ? /x\.img: it ends before its superblock/ : expected,
          );
          return true;
        });
      }
    });
  });
}
