import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { saysNoImage } from "../../../image/no_image.ts";
import { partitionsOf } from "../../../image/no_image/partitions.ts";
import { openImage, type OpenImageOptions } from "../../../read.ts";
import { output } from "../../support/programs/oracles.ts";
import { findProgram, testWith } from "../../support/programs/requirements.ts";
import { icecore } from "../../support/programs/run_icecore.ts";
import { folderServer } from "../../support/servers/folder_server.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const MIB = 1 << 20;
const PROGRAMS = ["mkfs.ext4", "mkfs.fat"];

/** A partition: where it begins and ends, and what is in it; sectors have 512 bytes. */
interface Part {
  readonly number: number;
  readonly start: number;
  readonly count: number;
  readonly contents: "fat" | "ext";
}

const FAT: Part = { number: 1, start: 2048, count: 8192, contents: "fat" };
const EXT: Part = { number: 2, start: 16384, count: 8192, contents: "ext" };
const SECOND: Part = { number: 3, start: 32768, count: 16384, contents: "ext" };
const LAST = 33 * 2048 - 1;

/** The programs that make tables, and how. `%` is the disk. */
const TABLES: Readonly<
  Record<string, { readonly program: string; readonly make: string; readonly number?: number }>
> = {
  "a GPT of sfdisk": {
    program: "sfdisk",
    make: "printf 'label: gpt\\n2048,8192\\n16384,8192\\n' | sfdisk -q %",
  },
  "an MBR of sfdisk": {
    program: "sfdisk",
    make: "printf 'label: dos\\n2048,8192,c\\n16384,8192,83\\n' | sfdisk -q %",
  },
  "logical partitions of sfdisk": {
    program: "sfdisk",
    make: "printf 'label: dos\\n2048,8192,c\\n14336,16384,5\\n16384,8192,83\\n' | sfdisk -q %",
    number: 5,
  },
  "a GPT of sgdisk": {
    program: "sgdisk",
    make: `sgdisk -n 1:2048:10239 -n 7:16384:24575 % && sgdisk -v %`,
    number: 7,
  },
  "a GPT of parted": {
    program: "parted",
    make: "parted -s % mklabel gpt mkpart a fat16 2048s 10239s mkpart b ext4 16384s 24575s",
  },
  "an MBR of parted": {
    program: "parted",
    make: "parted -s % mklabel msdos mkpart primary 2048s 10239s mkpart primary 16384s 24575s",
  },
};

for (const [what, { program, make, number = EXT.number }] of Object.entries(TABLES)) {
  testWith(
    { programs: [...PROGRAMS, program] },
    `of a whole disk with ${what} the only image is read, here and over HTTP`,
    () =>
      inTemporaryFolder(async (folder) => {
        const disk = makeDisk(folder, make, [FAT, EXT]);
        await using server = await folderServer(folder);
        for (const location of [disk, `${server.url}disk`]) {
          await using image = await openImage(location);
          assert.equal((await image.stat("/name")).sizeBytes, 8);
          assert.equal(image.info.label, "two");
          await using chosen = await openImage(location, { partition: number });
          assert.equal(chosen.info.uuid, image.info.uuid);
        }
        const fat = await refusal(disk, { partition: 1 });
        assert.match(fat, /what is stored in it is a FAT image\. Take that out, and let FILE be/);
        await assert.rejects(openImage(disk, { partition: 9 }), {
          code: "no-such-partition",
          message: new RegExp(
            `there is none of that number\\. There are: number 1, 4\\.00 MiB at byte ${MIB} \\(FAT\\); ` +
              `number ${number}, 4\\.00 MiB at byte ${
                8 * MIB
              } \\(ext2, ext3 or ext4, label two\\)\\.$`,
          ),
        });
      }),
  );
}

const THREE = "printf 'label: gpt\\n2048,8192\\n16384,8192\\n32768,16384\\n' | sfdisk -q %";

testWith(
  { programs: [...PROGRAMS, "sfdisk"] },
  "of several images one has to be chosen, by each command that reads",
  () =>
    inTemporaryFolder(async (folder) => {
      const disk = makeDisk(folder, THREE, [FAT, EXT, SECOND]);
      const refused = await icecore(["ls", disk]);
      assert.equal(refused.code, 2);
      assert.match(
        refused.stderr,
        /a whole disk with 2 partitions of ext2, ext3 or ext4: number 2, 4\.00 MiB at byte 8388608 .*label two\); number 3, 8\.00 MiB .*label three\)\. Choose one by its number \(--partition\)\.$/m,
      );
      for (const [number, label] of [["2", "two"], ["3", "three"]] as const) {
        const info = await icecore(["info", "--json", disk, "--partition", number]);
        assert.equal(JSON.parse(info.stdout).label, label);
      }
      const plain = join(folder, "ext3");
      for (const args of [["ls", "-lR"], ["cat", "@", "name"], ["find"], ["export", "--tar"]]) {
        const of = (location: string, ...more: string[]) =>
          icecore([args[0]!, location, ...args.slice(1).filter((arg) => arg !== "@"), ...more]);
        const expected = await of(plain);
        assert.equal(expected.code, 0, expected.stderr);
        assert.deepEqual(await of(disk, "--partition", "3"), expected);
        assert.deepEqual(await of(disk, "--image-offset", "16M"), expected);
      }
      const target = join(folder, "out");
      const extracted = await icecore(["extract", disk, "--partition", "3", "-o", target]);
      assert.equal(extracted.code, 0, extracted.stderr);
      assert.equal(readFileSync(join(target, "name"), "utf8"), "contents");
      const verified = await icecore(["verify", disk, "--partition", "3", "--no-digest"]);
      assert.equal(verified.code, 0, verified.stderr);
      const both = await icecore(["ls", disk, "--partition", "3", "--image-offset", "16M"]);
      assert.equal(both.code, 2);
      const outside = await icecore(["ls", disk, "--image-offset", "1T"]);
      assert.match(outside.stderr, /Give a smaller offset \(--image-offset\)/);
      const none = await icecore(["ls", plain, "--partition", "1"]);
      assert.match(none.stderr, /it has no table of partitions/);
      const same = await icecore(["diff", disk, plain, "--partition", "3"]);
      assert.equal(same.code, 0, same.stderr + same.stdout);
      const other = await icecore(["diff", plain, disk, "--partition", "2"]);
      assert.equal(other.code, 0, other.stderr + other.stdout);
    }),
);

testWith(
  { programs: [...PROGRAMS, "sfdisk", "losetup"], loop: true },
  "mount says how the partition is attached, and the device that this prints is read",
  () =>
    inTemporaryFolder(async (folder) => {
      const disk = makeDisk(folder, TABLES["a GPT of sfdisk"]!.make, [FAT, EXT]);
      mkdirSync(join(folder, "mnt"));
      const { code, stderr } = await icecore(["mount", disk, join(folder, "mnt")]);
      assert.equal(code, 1);
      const command = /sudo (losetup .*) and mount the device/.exec(stderr)?.[1];
      assert.ok(command !== undefined, stderr);
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
  { programs: [...PROGRAMS, "sfdisk"] },
  "a disk without an image of ext4 is named with what is on it",
  () =>
    inTemporaryFolder(async (folder) => {
      const disk = makeDisk(folder, "printf 'label: gpt\\n2048,8192\\n' | sfdisk -q %", [FAT]);
      assert.match(await refusal(disk), /\(FAT\)\. None of those is ext2, ext3 or ext4\.$/);
    }),
);

testWith(
  { programs: [...PROGRAMS, "sfdisk"] },
  "a GPT whose first copy is lost is read by the one at the end; a partition beyond the disk is cut",
  () =>
    inTemporaryFolder(async (folder) => {
      const disk = makeDisk(folder, THREE, [FAT, EXT, SECOND]);
      const fd = openSync(disk, "r+");
      writeSync(fd, new Uint8Array(512 * 40), 0, 512 * 40, 512);
      closeSync(fd);
      await using image = await openImage(disk, { partition: 3 });
      assert.equal(image.info.label, "three");
      const cut = makeDisk(folder, THREE, [FAT, EXT, SECOND]);
      truncateSync(cut, 20 * MIB);
      await assert.rejects(openImage(cut, { partition: 3 }), { code: "truncated" });
      await using other = await openImage(cut, { partition: 2 });
      assert.equal(other.info.label, "two");
    }),
);

Deno.test("a chain of extended partitions that leads back to itself, or nowhere, ends", async () => {
  const disk = new Uint8Array(64 * 512);
  const view = new DataView(disk.buffer);
  const entry = (sector: number, index: number, type: number, start: number, count: number) => {
    const at = sector * 512 + 446 + 16 * index;
    view.setUint8(at + 4, type);
    view.setUint32(at + 8, start, true);
    view.setUint32(at + 12, count, true);
    view.setUint16(sector * 512 + 510, 0x55aa);
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
  // Each table leads one sector further, and holds nothing itself.
  let countReads = 0;
  const endless = (at: number) => {
    countReads++;
    const sector = new Uint8Array(512);
    const view = new DataView(sector.buffer);
    view.setUint8(446 + (at === 0 ? 4 : 20), 5);
    view.setUint32(446 + (at === 0 ? 8 : 24), at === 0 ? 1 : at / 512, true);
    view.setUint32(446 + (at === 0 ? 12 : 28), 0xffff_ffff, true);
    view.setUint16(510, 0x55aa);
    return Promise.resolve(sector);
  };
  assert.deepEqual(await partitionsOf(endless, 2 ** 52), []);
  assert.ok(countReads < 200, `${countReads}`);
});

Deno.test("tables that lie list what they can, with numbers that can be used", async () => {
  const disk = new Uint8Array(8 * 4096);
  disk.set(new TextEncoder().encode("EFI PART"), 512);
  const view = new DataView(disk.buffer, 512);
  view.setBigUint64(72, 0xffff_ffff_ffff_ffffn, true);
  view.setUint32(80, 0xffff_ffff, true);
  view.setUint32(84, 128, true);
  const read = (at: number, size: number) => Promise.resolve(disk.slice(at, at + size));
  assert.deepEqual(await partitionsOf(read), [], "entries that lie nowhere");
  view.setBigUint64(72, 2n, true);
  const entries = [[0xffff_ffff_ffff_fff0n, 0xffff_ffff_ffff_ffffn], [40n, 20n], [
    40n,
    47n,
  ]] as const;
  for (const [i, [first, last]] of entries.entries()) {
    disk[1024 + 128 * i] = 1;
    view.setBigUint64(512 + 128 * i + 32, first, true);
    view.setBigUint64(512 + 128 * i + 40, last, true);
  }
  assert.deepEqual(await partitionsOf(read), [
    { number: 3, offsetBytes: 40 * 512, sizeBytes: 8 * 512 },
  ]);
  view.setUint32(84, 0xffff_ffff, true);
  assert.deepEqual(await partitionsOf(read), [], "entries of 4 GiB");
});

async function refusal(path: string, options: OpenImageOptions = {}): Promise<string> {
  let message = "";
  await assert.rejects(openImage(path, options), (error: Error) => {
    assert.ok(saysNoImage(error), error.message);
    message = error.message;
    return true;
  });
  return message;
}

/** Makes `disk`, and beside it what is in its partitions: `ext3` in the third. */
function makeDisk(folder: string, table: string, parts: readonly Part[]): string {
  const at = (name: string) => join(folder, name);
  mkdirSync(at("source"), { recursive: true });
  writeFileSync(at("source/name"), "contents");
  const disk = at("disk");
  rmSync(disk, { force: true });
  writeFileSync(disk, "");
  truncateSync(disk, (LAST + 1) * 512);
  const path = `${Deno.env.get("PATH")}:/usr/sbin:/sbin`;
  const options = { stdio: "pipe", env: { PATH: path, LC_ALL: "C" } } as const;
  execFileSync(findProgram("sh")!, ["-ec", table.replaceAll("%", disk)], options);
  const fd = openSync(disk, "r+");
  for (const { number, start, count, contents } of parts) {
    const file = at(`${contents}${number}`);
    rmSync(file, { force: true });
    writeFileSync(file, "");
    truncateSync(file, count * 512);
    const label = number === 2 ? "two" : "three";
    if (contents === "fat") output("mkfs.fat", [file]);
    else output("mkfs.ext4", ["-q", "-F", "-L", label, "-d", at("source"), file]);
    writeSync(fd, readFileSync(file), 0, count * 512, start * 512);
  }
  closeSync(fd);
  return disk;
}
