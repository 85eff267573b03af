import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import process from "node:process";
import { icecore, icecoreArgv, inLab, type Lab } from "../faults/lab.ts";
import { BUN, bun } from "../support/programs/bun.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";

const NAMES = ["b", "a", "z", "ä", "B", "a.b", "a-b", "aa", "10", "9"];

/** Makes the same tree, its names in the order given. */
function fill(folder: string, names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(`${folder}/${name}/inner`, { recursive: true });
    for (const other of names) writeFileSync(`${folder}/${name}/${other}.txt`, name + other);
    for (const other of names) utimesSync(`${folder}/${name}/${other}.txt`, 1e9, 1e9 + 0.25);
    for (const path of [`${name}/inner`, name, "."]) utimesSync(`${folder}/${path}`, 1e9, 1e9);
  }
}

async function digestOf(
  lab: Lab,
  source: string,
  env: Record<string, string> = {},
): Promise<string> {
  const args = ["build", `${source}/.`, "-o", `${source}.img`, "--quiet", "--force"];
  const { code, stdout, stderr } = await icecore(lab, args, { env });
  assert.equal(code, 0, stderr);
  return stdout.slice(0, 128);
}

Deno.test("the same tree gives the same image, whatever order its names were made in", async () => {
  await inLab(async (lab) => {
    for (const name of ["x", "y"]) mkdirSync(lab.at(name));
    fill(lab.at("x"), NAMES);
    fill(lab.at("y"), NAMES.toReversed());
    const first = await digestOf(lab, "x");
    assert.equal(await digestOf(lab, "y"), first);
    assert.deepEqual(readFileSync(lab.at("x.img")), readFileSync(lab.at("y.img")));
    writeFileSync(lab.at("y/b/a.txt"), "ab");
    assert.notEqual(await digestOf(lab, "y"), first, "another tree gives another image");
  });
});

Deno.test("a copy of a tree gives the same image", async () => {
  await inLab(async (lab) => {
    mkdirSync(lab.at("x"));
    fill(lab.at("x"), NAMES);
    output("cp", ["-a", lab.at("x"), lab.at("y")]);
    assert.equal(await digestOf(lab, "x"), await digestOf(lab, "y"));
  });
});

Deno.test("SOURCE_DATE_EPOCH is noted as the time of writing, and nothing else changes", async () => {
  await inLab(async (lab) => {
    mkdirSync(lab.at("x"));
    fill(lab.at("x"), NAMES);
    await digestOf(lab, "x");
    const without = readFileSync(lab.at("x.img"));
    const first = await digestOf(lab, "x", { SOURCE_DATE_EPOCH: "1700000000" });
    assert.equal(await digestOf(lab, "x", { SOURCE_DATE_EPOCH: "1700000000" }), first);
    const image = readFileSync(lab.at("x.img"));
    // s_wtime and s_mkfs_time of the superblock, which begins at byte 1024.
    assert.equal(image.readUInt32LE(1024 + 0x30), 1_700_000_000);
    assert.equal(image.readUInt32LE(1024 + 0x108), 1_700_000_000);
    for (const each of [image, without]) {
      // Those, s_lastcheck, and s_checksum of what they are part of.
      for (const field of [0x30, 0x40, 0x108, 0x3fc]) each.fill(0, 1024 + field, 1028 + field);
    }
    for (const each of [image, without]) {
      // In the record: r_wtime, r_checksum of the header it is part of, and the digest of all.
      const record = each.lastIndexOf("icecore\0");
      const end = record + 64 + 32 * each.readUInt32LE(record + 16);
      each.fill(0, record + 24, record + 32).fill(0, record + 60, record + 64).fill(
        0,
        end,
        end + 32,
      );
    }
    assert.ok(image.equals(without));
    const malformed = await icecore(lab, ["build", "x", "-o", "z.img"], {
      env: { SOURCE_DATE_EPOCH: "yesterday" },
    });
    assert.match(malformed.stderr, /cannot use SOURCE_DATE_EPOCH="yesterday"/);
  });
});

/** What a runtime writes to stdout; nothing else is there. */
function printed(lab: Lab, [program, ...argv]: readonly string[]): Uint8Array {
  const { status, stdout, stderr } = spawnSync(program!, argv, {
    cwd: lab.folder,
    env: { ...process.env, ...lab.env },
    maxBuffer: 1 << 28,
  });
  assert.equal(status, 0, stderr.toString());
  return stdout;
}

for (const flags of [[], ["--without-record"]]) {
  const name = flags.length === 0 ? "with a record" : "without a record";
  testWith(BUN, `Deno and Bun write the same image ${name}, to a file and to stdout`, async () => {
    await inLab((lab) => {
      mkdirSync(lab.at("x"));
      fill(lab.at("x"), NAMES);
      symlinkSync("../".repeat(40), lab.at("x/link"));
      const main = new URL("../../main.ts", import.meta.url).pathname;
      const build = ["build", lab.at("x/."), "--quiet", ...flags];
      const written: Uint8Array[] = [];
      for (const [i, argvOf] of [icecoreArgv, (args: string[]) => bun(main, ...args)].entries()) {
        const image = lab.at(`${i}.img`);
        printed(lab, argvOf([...build, "-o", image]));
        written.push(readFileSync(image), printed(lab, argvOf([...build, "-o", "-"])));
      }
      for (const each of written) assert.ok(Buffer.compare(each, written[0]!) === 0);
      const hasRecord = readFileSync(lab.at("0.img")).includes("icecore\0");
      assert.equal(hasRecord, flags.length === 0);
    });
  });
}
