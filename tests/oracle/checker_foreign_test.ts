import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { checkImage } from "../../ext4/checker/check_image.ts";
import { fileSource } from "../support/file_source.ts";
import { findProgram, testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** What nobody here wrote calls these sound; so must the checker. */
const SOUND: Readonly<Record<string, { programs: string[]; make: (folder: string) => void }>> = {
  "an image with blocks that a disk cannot keep": {
    programs: ["mkfs.ext4"],
    make: (folder) => {
      writeFileSync(join(folder, "bad"), "5000\n5001\n9000\n");
      emptyImage(folder);
      run(folder, "mkfs.ext4", "-q", "-F", "-l", "bad", "image");
    },
  },
  "an image of genext2fs, which leaves out copies of the superblock": {
    programs: ["genext2fs"],
    make: (folder) => {
      mkdirSync(join(folder, "source"));
      writeFileSync(join(folder, "source/large"), new Uint8Array(9_000_000).fill(7));
      run(folder, "genext2fs", "-d", "source", "-b", "20000", "-N", "200", "image");
    },
  },
  "an image with copies of descriptors whose checksums nobody kept": {
    programs: ["mkfs.ext4"],
    make: (folder) => {
      emptyImage(folder);
      const features = "^metadata_csum,^64bit,uninit_bg";
      run(folder, "mkfs.ext4", "-q", "-F", "-b", "1024", "-O", features, "image");
      // The checksum of group 1 in the copy of the descriptors, which lies in block 8194.
      const fd = openSync(join(folder, "image"), "r+");
      writeSync(fd, Uint8Array.of(0, 0), 0, 2, 8194 * 1024 + 32 + 30);
      closeSync(fd);
    },
  },
  "an image whose files share blocks": {
    programs: ["mkfs.ext4", "debugfs"],
    make: (folder) => {
      writeFileSync(join(folder, "one"), new Uint8Array(1000).fill(7));
      emptyImage(folder);
      run(folder, "mkfs.ext4", "-q", "-F", "-t", "ext2", "-b", "1024", "image");
      run(folder, "debugfs", "-w", "-R", "write one one", "image");
      run(folder, "debugfs", "-w", "-R", "write one two", "image");
      const [block, spare] = ["one", "two"].map((name) =>
        run(folder, "debugfs", "-R", `blocks ${name}`, "image").trim()
      );
      for (
        const command of [
          `set_inode_field two block[0] ${block}`,
          `freeb ${spare}`,
          "feature shared_blocks",
        ]
      ) run(folder, "debugfs", "-w", "-R", command, "image");
      // The counts of what is free: 1 says that errors were mended.
      const { status } = spawnSync(findProgram("e2fsck")!, ["-fy", "image"], { cwd: folder });
      assert.equal(status, 1);
    },
  },
};

for (const [what, { programs, make }] of Object.entries(SOUND)) {
  testWith(
    { programs: [...programs, "e2fsck"] },
    `the checker finds nothing wrong with ${what}`,
    () =>
      inTemporaryFolder(async (folder) => {
        make(folder);
        run(folder, "e2fsck", "-fn", "image");
        using source = fileSource(join(folder, "image"));
        assert.deepEqual((await checkImage(source)).findings, []);
      }),
  );
}

function emptyImage(folder: string): void {
  writeFileSync(join(folder, "image"), "");
  truncateSync(join(folder, "image"), 20 << 20);
}

function run(folder: string, program: string, ...args: string[]): string {
  return execFileSync(findProgram(program)!, args, { cwd: folder, stdio: "pipe" }).toString();
}
