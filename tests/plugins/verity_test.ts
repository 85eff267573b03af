import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import process from "node:process";
import type { BuildEvent, Image, Step } from "../../mod.ts";
import verity from "../../plugins/verity.ts";
import { HashTree } from "../../plugins/verity/hash_tree.ts";
import { treeLayout } from "../../plugins/verity/tree_layout.ts";
import { superblock } from "../../plugins/verity/verity_superblock.ts";
import { assertNothingBuilt, inLab, type Lab, outputsOf } from "../faults/lab.ts";
import { testWith } from "../support/programs/requirements.ts";
import { type Used, withPlugins } from "./building.ts";
import { failing, shift, still } from "./neighbours.ts";

const needs = { programs: ["veritysetup"] };

function veritysetup(...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync("veritysetup", args, {
    encoding: "utf8",
    env: { ...process.env, PATH: `${process.env["PATH"]}:/sbin:/usr/sbin` },
  });
  return { status, said: stdout + stderr };
}

function assertVerifies(lab: Lab): void {
  const root = readFileSync(lab.at("out.img.roothash"), "utf8").trim();
  const { status, said } = veritysetup("verify", lab.at("out.img"), lab.at("out.img.verity"), root);
  assert.equal(status, 0, said);
}

/** A step in front of verity, which has its place before the others. */
const inFront = ({ after: _, ...step }: Step): Step => ({ ...step, before: "verity" });

async function build(
  lab: Lab,
  used: readonly Used[],
  blockSize = "4096",
): Promise<{ image: Image; events: readonly BuildEvent[] }> {
  const events: BuildEvent[] = [];
  const { image } = await withPlugins(used).with("pack", { blockSize }).run({
    sources: [lab.source],
    output: lab.image,
    emit: (event) => events.push(event),
  });
  return { image, events };
}

const detail = (image: Image) =>
  image.artifacts.find(({ kind }) => kind === "verity")?.details?.["rootHash"];

testWith(needs, "veritysetup verifies what is made while the image is packed", async () => {
  await inLab(async (lab) => {
    writeFileSync(lab.at("source/large"), new Uint8Array(3_000_000).fill(7));
    const { image } = await build(lab, [[verity]]);
    assertVerifies(lab);
    assert.equal(readFileSync(lab.at("out.img.roothash"), "utf8"), `${detail(image)}\n`);
  });
});

testWith(
  needs,
  "an image of 1 KiB blocks whose size is not a multiple of 4096 verifies",
  async () => {
    await inLab(async (lab) => {
      for (let bytes = 1000; bytes < 5000; bytes += 1024) {
        writeFileSync(lab.at("source/more"), new Uint8Array(bytes));
        const { image } = await build(lab, [[verity]], "1024");
        assertVerifies(lab);
        const isOdd = image.sizeBytes % 4096 !== 0;
        if (isOdd) return;
        for (const name of outputsOf(lab)) rmSync(lab.at(name));
      }
      assert.fail("one of four sizes is not a multiple of 4096");
    });
  },
);

testWith(needs, "one changed byte of the image, or of the tree, is found", async () => {
  await inLab(async (lab) => {
    await build(lab, [[verity]]);
    for (const [name, at] of [["out.img", 50_000], ["out.img.verity", 4100]] as const) {
      const file = openSync(lab.at(name), "r+");
      const [byte] = readFileSync(lab.at(name)).subarray(at);
      writeSync(file, Uint8Array.of(byte! ^ 1), 0, 1, at);
      assert.throws(() => assertVerifies(lab), name);
      writeSync(file, Uint8Array.of(byte!), 0, 1, at);
      closeSync(file);
      assertVerifies(lab);
    }
  });
});

Deno.test("the file form makes what the streaming form makes, byte for byte", async () => {
  await inLab(async (lab) => {
    const files = ["out.img", "out.img.verity", "out.img.roothash"];
    await build(lab, [[verity]]);
    const streamed = files.map((name) => readFileSync(lab.at(name)));
    for (const name of outputsOf(lab)) rmSync(lab.at(name));
    const { events } = await build(lab, [[verity], [inFront(still)]]);
    assert.ok(files.every((name, i) => readFileSync(lab.at(name)).equals(streamed[i]!)));
    assert.ok(events.some((event) => event.type === "progress" && event.step === "verity"));
  });
});

const SHAPES = [1, 2, 127, 128, 129, 128 * 128, 128 * 128 + 1];
testWith(needs, "trees of every shape are those of veritysetup format", async () => {
  await inLab(async (lab) => {
    const uuid = (bytes: Uint8Array) =>
      bytes.subarray(16, 32).toHex().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    for (const salt of [new Uint8Array(0), Uint8Array.of(1, 2, 3), new Uint8Array(256).fill(9)]) {
      for (const countBlocks of SHAPES) {
        // Odd numbers of 512 bytes, so that small files have large trees.
        const bytes = new Uint8Array((countBlocks | 1) * 512).map((_, i) => i * 7 + (i >> 9));
        const layout = treeLayout(bytes.length);
        const made = new Uint8Array(layout.sizeBytes);
        made.set(superblock(layout, salt));
        const tree = new HashTree(layout, salt, (block, offset) => {
          made.set(block, offset);
          return Promise.resolve();
        });
        for (let at = 0; at < bytes.length; at += 70_001) {
          await tree.add(bytes.subarray(at, at + 70_001));
        }
        const root = (await tree.end()).toHex();
        writeFileSync(lab.at("data"), bytes);
        writeFileSync(lab.at("tree"), "");
        const { said } = veritysetup(
          "format",
          `--salt=${salt.length === 0 ? "-" : salt.toHex()}`,
          `--uuid=${uuid(made)}`,
          `--data-block-size=${layout.dataBlockBytes}`,
          lab.at("data"),
          lab.at("tree"),
        );
        assert.match(said, new RegExp(`Root hash:\\s+${root}`));
        assert.ok(readFileSync(lab.at("tree")).equals(made), `${countBlocks} blocks`);
      }
    }
  });
});

Deno.test("a given salt is used, and an invalid one is refused before anything is made", async () => {
  await inLab(async (lab) => {
    await assert.rejects(
      build(lab, [[verity, { salt: "xyz" }]]),
      /cannot set verity.salt to "xyz": expected an even number of hex digits/,
    );
    await assertNothingBuilt(lab);
    await build(lab, [[verity, { salt: "00ff" }]]);
    const head = readFileSync(lab.at("out.img.verity"));
    assert.deepEqual([head.readUint16LE(80), head.readUint16BE(88)], [2, 0x00ff]);
  });
});

testWith(
  { programs: ["veritysetup"] },
  "behind a step that encrypts, it is the image's all the same",
  async () => {
    await inLab(async (lab) => {
      await build(lab, [[verity]]);
      const alone = readFileSync(lab.at("out.img.verity"));
      for (const name of outputsOf(lab)) rmSync(lab.at(name));
      await build(lab, [[verity], [inFront(shift)]]);
      assert.ok(readFileSync(lab.at("out.img.verity")).equals(alone));
      const shifted = readFileSync(lab.at("out.img.shifted"));
      assert.equal(shifted.length, readFileSync(lab.image).length);
      assertVerifies(lab);
    });
  },
);

Deno.test("a step that fails behind it leaves no side file", async () => {
  await inLab(async (lab) => {
    const last = { ...failing, passive: true };
    for (const steps of [[verity, last], [verity, inFront(still), last]]) {
      await assert.rejects(build(lab, steps.map((step) => [step])), /step failing failed: no/);
      await assertNothingBuilt(lab);
    }
  });
});
