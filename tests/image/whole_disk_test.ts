import assert from "node:assert/strict";
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { saysNoImage } from "../../image/no_image.ts";
import { partitionsOf } from "../../image/no_image/partitions.ts";
import { openImage } from "../../read.ts";
import { output } from "../support/oracles.ts";
import { findProgram, testWith } from "../support/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const MIB = 1 << 20;
const PROGRAMS = { programs: ["sfdisk", "mkfs.ext4", "mkfs.fat"] };

/** Tables for sfdisk, with 4 MiB of FAT at 1 MiB and 4 MiB of ext4 at 8 MiB. */
const TABLES = {
  "a GPT": "label: gpt\n2048,8192\n16384,8192\n",
  "an MBR": "label: dos\n2048,8192,c\n16384,8192,83\n",
  "logical partitions": "label: dos\n2048,8192,c\n14336,16384,5\n16384,8192,83\n",
} as const;

for (const [what, table] of Object.entries(TABLES)) {
  testWith(
    PROGRAMS,
    `a whole disk with ${what} is named with its partitions`,
    () =>
      inTemporaryFolder(async (folder) => {
        const message = await refusal(makeDisk(folder, table));
        const number = what === "logical partitions" ? 5 : 2;
        assert.match(message, /it is a whole disk with partitions: /);
        assert.ok(message.includes(`1 at byte ${MIB} with ${4 * MIB} bytes (FAT)`), message);
        const ext = `${number} at byte ${8 * MIB} with ${4 * MIB} bytes (ext2, ext3 or ext4). `;
        assert.ok(message.includes(ext), message);
        assert.ok(message.includes(`--offset ${8 * MIB} --sizelimit ${4 * MIB} `), message);
      }),
  );
}

testWith(
  { programs: [...PROGRAMS.programs, "losetup"], loop: true },
  "the command for a partition of a whole disk attaches it, and the device is read",
  () =>
    inTemporaryFolder(async (folder) => {
      const message = await refusal(makeDisk(folder, TABLES["a GPT"]));
      const command = /sudo (losetup .*)\.$/.exec(message)?.[1];
      assert.ok(command !== undefined, message);
      const device = output("sh", ["-c", command]).trim();
      try {
        await using image = await openImage(device);
        assert.equal((await image.stat("/name")).sizeBytes, 8);
      } finally {
        output("losetup", ["--detach", device]);
      }
    }),
);

testWith(
  PROGRAMS,
  "a disk without an image of ext4 gets no command that would not help",
  () =>
    inTemporaryFolder(async (folder) => {
      const disk = makeDisk(folder, "label: gpt\n2048,8192\n");
      assert.match(await refusal(disk), /\(FAT\)\. None of those shown is ext2, ext3 or ext4\.$/);
    }),
);

Deno.test("a chain of extended partitions that leads back to itself ends", async () => {
  const disk = new Uint8Array(64 * 512);
  const entry = (sector: number, index: number, type: number, start: number, count: number) => {
    const view = new DataView(disk.buffer, sector * 512);
    view.setUint8(446 + 16 * index + 4, type);
    view.setUint32(446 + 16 * index + 8, start, true);
    view.setUint32(446 + 16 * index + 12, count, true);
    view.setUint16(510, 0x55aa);
  };
  entry(0, 0, 5, 8, 50);
  entry(8, 0, 0x83, 2, 4);
  entry(8, 1, 5, 8, 50);
  entry(16, 0, 0x83, 2, 4);
  entry(16, 1, 5, 8, 50);
  const read = (at: number, size: number) => Promise.resolve(disk.slice(at, at + size));
  const partitions = await partitionsOf(read);
  assert.deepEqual(partitions?.map(({ number, offsetBytes }) => [number, offsetBytes]), [
    [5, 10 * 512],
    [6, 18 * 512],
  ]);
});

Deno.test("a GPT whose entries lie nowhere lists no partition", async () => {
  const disk = new Uint8Array(4096);
  disk.set(new TextEncoder().encode("EFI PART"), 512);
  const view = new DataView(disk.buffer, 512);
  view.setBigUint64(72, 0xffff_ffff_ffff_ffffn, true);
  view.setUint32(80, 0xffff_ffff, true);
  view.setUint32(84, 128, true);
  const read = (at: number, size: number) => Promise.resolve(disk.slice(at, at + size));
  assert.deepEqual(await partitionsOf(read), []);
});

async function refusal(path: string): Promise<string> {
  let message = "";
  await assert.rejects(openImage(path), (error: Error) => {
    assert.ok(saysNoImage(error), error.message);
    message = error.message;
    return true;
  });
  return message;
}

function makeDisk(folder: string, table: string): string {
  const at = (name: string) => join(folder, name);
  mkdirSync(at("source"));
  writeFileSync(at("source/name"), "contents");
  for (const name of ["fat", "ext"]) {
    writeFileSync(at(name), "");
    truncateSync(at(name), 4 * MIB);
  }
  output("mkfs.fat", [at("fat")]);
  output("mkfs.ext4", ["-q", "-F", "-d", at("source"), at("ext")]);
  const disk = at("disk");
  writeFileSync(disk, "");
  truncateSync(disk, 24 * MIB);
  execFileSync(findProgram("sfdisk")!, ["-q", disk], { input: table, stdio: "pipe" });
  const fd = openSync(disk, "r+");
  writeSync(fd, readFileSync(at("fat")), 0, 4 * MIB, MIB);
  if (table.includes("16384,8192")) writeSync(fd, readFileSync(at("ext")), 0, 4 * MIB, 8 * MIB);
  closeSync(fd);
  return disk;
}
