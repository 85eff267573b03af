import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type GivenOptions, pipeline, recipes, type Step } from "../../mod.ts";
import par2, { par2Argv } from "../../plugins/par2.ts";
import { assertNothingLeft, inLab, type Lab } from "../faults/lab.ts";
import { testWith } from "../support/requirements.ts";

const needs = { programs: ["par2"] };

async function build(
  lab: Lab,
  options: GivenOptions,
  more: readonly Step[] = [],
  signal?: AbortSignal,
): Promise<Record<string, Uint8Array>> {
  let backup = pipeline(recipes.native);
  for (const step of [...more, par2]) backup = backup.use(step);
  await backup.with("par2", options).run({
    sources: [lab.source],
    output: lab.at("out.img"),
    ...(signal === undefined ? {} : { signal }),
  });
  return Object.fromEntries(
    built(lab).map((name) => [name, Uint8Array.from(readFileSync(lab.at(name)))]),
  );
}

const built = (lab: Lab): string[] =>
  readdirSync(lab.folder).filter((name) => name.startsWith("out"));

function repair(lab: Lab, name = "out.img"): number | null {
  const program = ["repair", "-q", `${name}.par2`];
  return spawnSync("par2", program, { cwd: lab.folder }).status;
}

Deno.test("the argv names index, file and amounts", () => {
  const options = { redundancy: 20, blocks: 100, files: 2 };
  assert.deepEqual(par2Argv("/w/x.img", "/o/x.img.partial.par2", { options }), [
    ...["par2", "create", "-r20", "-b100", "-n2", "-B/w"],
    ...["--", "/o/x.img.partial.par2", "/w/x.img"],
  ]);
});

const damages: Readonly<Record<string, (lab: Lab, bytes: Uint8Array) => void>> = {
  "bytes changed in two places": (lab, bytes) => {
    const changed = bytes.slice();
    changed.fill(0xff, 2000, 3000);
    changed.fill(0xaa, 90_000, 95_000);
    writeFileSync(lab.at("out.img"), changed);
  },
  "its end cut off": (lab, bytes) => truncateSync(lab.at("out.img"), bytes.length - 5000),
  "a piece missing in the middle": (lab, bytes) => {
    writeFileSync(lab.at("out.img"), bytes.slice(0, 40_000));
    writeFileSync(lab.at("out.img"), bytes.slice(44_000), { flag: "a" });
  },
};

for (const [name, damage] of Object.entries(damages)) {
  testWith(needs, `par2 repairs an image with ${name}`, async () => {
    await inLab(async (lab) => {
      const files = await build(lab, { redundancy: 20, blocks: 100 });
      assert.deepEqual(Object.keys(files).sort(), [
        "out.img",
        "out.img.par2",
        "out.img.sha512",
        "out.img.vol00+20.par2",
      ]);
      damage(lab, files["out.img"]!);
      assert.equal(repair(lab), 0);
      assert.ok(readFileSync(lab.at("out.img")).equals(files["out.img"]!));
    });
  });
}

testWith(needs, "more damage than there is recovery data is not repaired", async () => {
  await inLab(async (lab) => {
    const files = await build(lab, { redundancy: 5, blocks: 100 });
    writeFileSync(lab.at("out.img"), files["out.img"]!.fill(1, 0, 50_000));
    assert.notEqual(repair(lab), 0);
  });
});

testWith(needs, "recovery data spreads over several files", async () => {
  await inLab(async (lab) => {
    const files = Object.keys(await build(lab, { files: 3, blocks: 100 }));
    assert.equal(files.filter((name) => name.includes(".vol")).length, 3);
  });
});

testWith(needs, "what a transform made is what is repaired", async () => {
  await inLab(async (lab) => {
    const shift: Step = {
      name: "shift",
      after: "hash",
      run: () => {},
      stream: () => ({
        name: "out.img.shifted",
        transform: new TransformStream({
          transform: (bytes, controller) =>
            controller.enqueue(bytes.map((byte: number) => byte + 1)),
        }),
      }),
    };
    const files = await build(lab, { blocks: 100 }, [shift]);
    writeFileSync(lab.at("out.img.shifted"), files["out.img.shifted"]!.slice(3000));
    assert.equal(repair(lab, "out.img.shifted"), 0);
    assert.ok(readFileSync(lab.at("out.img.shifted")).equals(files["out.img.shifted"]!));
  });
});

testWith(needs, "amounts that make no sense are refused before anything is made", async () => {
  await inLab(async (lab) => {
    for (
      const options of [{ redundancy: 0 }, { redundancy: 101 }, { blocks: 1.5 }, { files: 99 }]
    ) {
      await assert.rejects(build(lab, options), /cannot set par2\.\w+ to [\d.]+: expected a whole/);
    }
    assert.deepEqual(built(lab), []);
  });
});

testWith(needs, "Ctrl-C while it works, and a failure behind it, leave nothing", async () => {
  await inLab(async (lab) => {
    writeFileSync(join(lab.source, "large"), new Uint8Array(8_000_000).map((_, i) => i * i));
    const controller = new AbortController();
    const building = build(lab, { redundancy: 100 }, [], controller.signal);
    const isAtWork = () => existsSync(lab.at("out.img.partial.par2"));
    const interrupt = setInterval(() => isAtWork() && controller.abort(), 5);
    await assert.rejects(building, { code: "interrupted" });
    clearInterval(interrupt);
    rmSync(join(lab.source, "large"));
    const failing: Step = { name: "failing", run: () => Promise.reject(new Error("no")) };
    const backup = pipeline(recipes.native).use(par2).use(failing).with("par2", { blocks: 10 });
    await assert.rejects(backup.run({ sources: [lab.source], output: lab.at("out.img") }), /no$/);
    assert.deepEqual(built(lab), []);
    await assertNothingLeft(lab);
  });
});
