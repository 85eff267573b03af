import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { appearance } from "../support/programs/appearance.ts";
import { testWith } from "../support/programs/requirements.ts";
import { ended, icecore, icecoreArgv, inLab, type Lab, outputsOf, start } from "./lab.ts";

const UNTOUCHED = ["source", "bin", "tmp", "out.sh"];

/** Kills a build in the midst of a step that has begun files of its own. */
async function killedBuild(lab: Lab, output: string, env = {}): Promise<void> {
  const script =
    '#!/bin/sh\necho some > "$ICECORE_BESIDE"\ntouch "$LAB/reached"\nsleep 60 & wait\n';
  writeFileSync(lab.at("out.sh"), script, { mode: 0o755 });
  const plugins = ["--use", "verity", "--use", "zstd", "--use", "./out.sh"];
  const args = ["build", "source", "-o", output, ...plugins];
  const child = start(lab, icecoreArgv(args), { env });
  await appearance(lab.at("reached"));
  child.kill("SIGKILL");
  await ended(child);
  rmSync(lab.at("reached"));
}

/** What a reboot does to the temporary folder. */
function reboot(lab: Lab): void {
  for (const name of readdirSync(lab.temporary)) {
    rmSync(`${lab.temporary}/${name}`, { recursive: true });
  }
}

const leftIn = (lab: Lab, folder: string) =>
  readdirSync(lab.at(folder)).filter((name) => !UNTOUCHED.includes(name)).sort();

const PARTIALS = ["", ".build", ".out", ".roothash", ".sha512", ".verity", ".zst", ".zst.sha512"];

const partialsOf = (image: string) => PARTIALS.map((kind) => `${image}${kind}.partial`).sort();

const RELEASING: Readonly<
  Record<string, { readonly args: readonly string[]; readonly cwd?: string }>
> = {
  "clean of its folder": { args: ["clean", "backup"] },
  "clean of the image": { args: ["clean", "backup/a.img"] },
  "clean of its partial file": { args: ["clean", "backup/a.img.partial"] },
  "clean in its folder": { args: ["clean"], cwd: "backup" },
  "the next build of the image": { args: ["build", "source", "-o", "backup/a.img"] },
  "the next build of another image in the folder": {
    args: ["build", "source", "-o", "backup/b.img"],
  },
};

for (const [what, { args, cwd }] of Object.entries(RELEASING)) {
  testWith({}, `after kill -9 and a reboot, ${what} removes what was left`, async () => {
    await inLab(async (lab) => {
      mkdirSync(lab.at("backup"));
      await killedBuild(lab, "backup/a.img");
      reboot(lab);
      assert.deepEqual(leftIn(lab, "backup"), partialsOf("a.img"));
      writeFileSync(lab.at("backup/theirs.partial"), "precious");
      const { code, stdout, stderr } = await icecore(
        lab,
        args,
        cwd === undefined ? {} : { cwd: lab.at(cwd) },
      );
      assert.equal(code, 0, stderr);
      const left = leftIn(lab, "backup").filter((name) => name.endsWith(".partial"));
      assert.deepEqual(left, ["theirs.partial"]);
      if (args[0] === "clean") {
        const named = stdout.trimEnd().split("\n").map((line) => line.split("/").at(-1)).sort();
        assert.deepEqual(named, partialsOf("a.img").filter((name) => !name.includes(".build.")));
      }
    });
  });
}

testWith(
  {},
  "a build whose temporary folder nobody else sees is found beside its output",
  async () => {
    await inLab(async (lab) => {
      mkdirSync(lab.at("private"));
      await killedBuild(lab, "out.img", { TMPDIR: lab.at("private") });
      assert.equal((await icecore(lab, ["clean", "out.img"])).code, 0);
      assert.deepEqual(outputsOf(lab), ["out.sh"]);
    });
  },
);

testWith(
  {},
  "clean of a folder leaves a build alone that is at work in it, and what --keep kept",
  async () => {
    await inLab(async (lab) => {
      writeFileSync(
        lab.at("out.sh"),
        '#!/bin/sh\ntouch "$LAB/reached"; while test ! -e "$LAB/go"; do sleep 0.05; done\n',
        { mode: 0o755 },
      );
      writeFileSync(lab.at("fail.sh"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
      const kept = ["build", "source", "-o", "kept.img", "--keep", "--use", "./fail.sh"];
      assert.equal((await icecore(lab, kept)).code, 1);
      const argv = icecoreArgv(["build", "source", "-o", "out.img", "--use", "./out.sh"]);
      const child = start(lab, argv);
      await appearance(lab.at("reached"));
      const { code, stdout } = await icecore(lab, ["clean", "."]);
      writeFileSync(lab.at("go"), "");
      assert.deepEqual([code, stdout], [0, "nothing to clean\n"]);
      const built = await ended(child);
      assert.equal(built.code, 0, built.stderr);
      assert.ok(existsSync(lab.at("kept.img.partial")));
      assert.deepEqual(outputsOf(lab), ["out.img", "out.img.sha512", "out.sh"]);
    });
  },
);

testWith({}, "a killed join is found beside its output", async () => {
  await inLab(async (lab) => {
    writeFileSync(lab.at("out.img.partial"), "half");
    writeFileSync(lab.at("out.img.build.partial"), "");
    const { code, stdout } = await icecore(lab, ["clean", "out.img", "--json"]);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), {
      type: "released",
      kind: "partial",
      what: lab.at("out.img.partial"),
    });
    assert.deepEqual(outputsOf(lab), []);
  });
});

testWith({}, "clean says when there is no such folder, and when there is nothing", async () => {
  await inLab(async (lab) => {
    const missing = await icecore(lab, ["clean", "nowhere/out.img"]);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /^icecore: cannot look for what is left of nowhere\/out\.img: /);
    const nothing = await icecore(lab, ["clean", "out.img", "source"]);
    assert.deepEqual([nothing.code, nothing.stdout], [0, "nothing to clean\n"]);
    assert.equal(readFileSync(`${lab.source}/one`, "utf8"), "one\n");
  });
});
