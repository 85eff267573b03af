import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { testWith } from "../support/requirements.ts";
import { output } from "../support/oracles.ts";
import {
  appearance,
  assertNothingBuilt,
  assertNothingLeft,
  build,
  icecore,
  inLab,
  type Lab,
  REAL,
  type Start,
} from "./lab.ts";

/** Something that cannot be built: what is there, what is asked for, and what is said. */
interface Refusal {
  readonly name: string;
  readonly args: readonly string[];
  readonly code: number;
  readonly says: RegExp;
  readonly before?: (lab: Lab) => void;
  readonly start?: Start;
}

const OUT = ["-o", "out.img", "--recipe", "e2fsprogs"];

const refusals: readonly Refusal[] = [
  {
    name: "a source that is missing",
    args: ["missing", ...OUT],
    code: 1,
    says: /cannot read .*\/missing: it does not exist\. Check the path\./,
  },
  {
    name: "a source below a file",
    args: ["source/one/x", ...OUT],
    code: 1,
    says: /cannot read .*\/source\/one\/x: it does not exist/,
  },
  {
    name: "a source that is a file",
    args: ["source/one", ...OUT],
    code: 1,
    says: /cannot make an image of .*\/one: it is not a folder\. Name the folder it lies in\./,
  },
  {
    name: "a source that is a symbolic link to nothing",
    args: ["dangling", ...OUT],
    code: 1,
    says: /cannot read .*\/dangling: it does not exist/,
    before: (lab) => symlinkSync("nowhere", lab.at("dangling")),
  },
  {
    name: "two sources of one name",
    args: ["source", "other/source", ...OUT],
    code: 2,
    says: /cannot store both .*: both would be source\. Build two images, or rename one folder\./,
    before: (lab) => mkdirSync(lab.at("other/source"), { recursive: true }),
  },
  {
    name: "an output within the source",
    args: ["source", "-o", "source/inner/out.img", "--recipe", "e2fsprogs"],
    code: 2,
    says:
      /it lies within the source .* and would contain itself\. Choose a place outside with -o\./,
  },
  {
    name: "an output within the source by a symbolic link",
    args: ["source", "-o", "link/out.img", "--recipe", "e2fsprogs"],
    code: 2,
    says: /it lies within the source/,
    before: (lab) => symlinkSync("source/inner", lab.at("link")),
  },
  {
    name: "an output folder that is missing",
    args: ["source", "-o", "nowhere/out.img", "--recipe", "e2fsprogs"],
    code: 1,
    says: /the folder .*\/nowhere does not exist\. Make it with mkdir -p, or choose another place/,
  },
  {
    name: "an output folder that is a file",
    args: ["source", "-o", "file/out.img", "--recipe", "e2fsprogs"],
    code: 1,
    says: /\/file is not a folder\. Choose another place with -o\./,
    before: (lab) => writeFileSync(lab.at("file"), ""),
  },
  {
    name: "an output that is a folder",
    args: ["source", "-o", "tmp", "--recipe", "e2fsprogs"],
    code: 1,
    says: /it exists and is not a regular file\. Choose another name with -o\./,
  },
  {
    name: "an output name too long for its side file",
    args: ["source", "-o", "o".repeat(241), "--recipe", "e2fsprogs"],
    code: 1,
    says: /has 241 bytes, and \.sha512\.partial is put behind it.* at most 240 bytes/,
  },
  {
    name: "an output that e2fsprogs would take for options",
    args: ["source", "-o", "out?offset=1.img", "--recipe", "e2fsprogs"],
    code: 2,
    says: /e2fsprogs takes what follows a question mark for options/,
  },
  {
    name: "an image to stdout while the kernel is to write it",
    args: ["source", "-o", "-", "--recipe", "e2fsprogs"],
    code: 2,
    says: /cannot write the image to stdout: the kernel mounts it.*--recipe native/,
  },
  {
    name: "a partial image that is a symbolic link",
    args: ["source", "-o", "q.img", "--recipe", "e2fsprogs"],
    code: 1,
    says: /q\.img\.partial is in the way, and is no regular file\. Remove it/,
    before(lab) {
      writeFileSync(lab.at("precious"), "precious");
      symlinkSync("precious", lab.at("q.img.partial"));
    },
  },
  {
    name: "a side file's name that is a folder",
    args: ["source", "-o", "q.img", "--recipe", "e2fsprogs", "--force"],
    code: 1,
    says: /its side file .*\/q\.img\.sha512 exists already and is a folder/,
    before: (lab) => mkdirSync(lab.at("q.img.sha512")),
  },
  {
    name: "a side file without its image",
    args: ["source", "-o", "q.img", "--recipe", "e2fsprogs"],
    code: 1,
    says: /its side file .*\/q\.img\.sha512 exists already\. Replace it with --force/,
    before: (lab) => writeFileSync(lab.at("q.img.sha512"), "precious"),
  },
  ...["50Q", "0", "nonsense", "-1", "1e9G", ""].map((size): Refusal => ({
    name: `the size ${JSON.stringify(size)}`,
    args: ["source", ...OUT, `--size=${size}`],
    code: 2,
    says: new RegExp(`cannot use "${size}" for allocate.size: it is `),
  })),
  {
    name: "a label that is too long",
    args: ["source", ...OUT, "--label", "seventeen letters"],
    code: 2,
    says: /cannot use "seventeen letters" as the label: it has 17 bytes, and ext4 holds 16/,
  },
  {
    name: "a UUID that is none",
    args: ["source", ...OUT, "--uuid", "1234"],
    code: 2,
    says: /cannot use "1234" as the UUID: it is none\. Write one as uuidgen prints it/,
  },
  {
    name: "an unknown step",
    args: ["source", ...OUT, "--without", "shrik"],
    code: 2,
    says: /cannot find a step named "shrik" in recipe e2fsprogs\. Did you mean shrink\?/,
  },
  {
    name: "an unknown recipe",
    args: ["source", "-o", "out.img", "--recipe", "e2fsprog"],
    code: 2,
    says: /cannot use the recipe "e2fsprog": there is none of that name\. Did you mean e2fsprogs\?/,
  },
  {
    name: "an option of a step that it does not have",
    args: ["source", ...OUT, "--set", "hash.algoritm=md5"],
    code: 2,
    says: /cannot set hash\.algoritm: step hash has no such option\. Did you mean algorithm\?/,
  },
  {
    name: "a setting without a step",
    args: ["source", ...OUT, "--set", "label"],
    code: 2,
    says: /cannot use --set label…: it is not of the form STEP\.OPTION=VALUE/,
  },
  {
    name: "a file system check while it is mounted",
    args: ["source", ...OUT, "--without", "unmount"],
    code: 2,
    says:
      /cannot run fsck after copy: the image is mounted then, .* unmounted .*add the step that makes it so/,
  },
  {
    name: "steps that never make an image",
    args: ["source", ...OUT, "--without", "unmount", "--without", "fsck", "--without", "shrink"]
      .concat(["--without", "readonly", "--without", "hash"]),
    code: 2,
    says: /the image would be left mounted\. Add the steps that finish it; see: icecore steps/,
  },
  {
    name: "a pattern that would leave out everything but one name",
    args: ["source", ...OUT, "--exclude", "!keep"],
    code: 2,
    says: /cannot exclude "!keep": an exclamation mark at its beginning/,
  },
  {
    name: "a file of patterns that is missing",
    args: ["source", ...OUT, "--exclude-from", "patterns"],
    code: 2,
    says: /cannot read the patterns in patterns: no such file or directory\. Check --exclude-from/,
  },
  {
    name: "an empty PATH",
    args: ["source", ...OUT],
    code: 1,
    says:
      /cannot find mkfs\.ext4 \(for format\), .*: not in PATH\. Install them with: apt-get install .*e2fsprogs/,
    start: { env: { PATH: "" } },
  },
  {
    name: "a temporary folder that is missing",
    args: ["source", ...OUT],
    code: 1,
    says: /cannot make a temporary folder in \/nowhere: no such file or directory\. Set TMPDIR/,
    start: { env: { TMPDIR: "/nowhere" } },
  },
  {
    name: "a temporary folder that cannot be written to",
    args: ["source", ...OUT],
    code: 1,
    says:
      /cannot make a temporary folder in \/proc: .*\. Set TMPDIR to a folder that you may write/,
    start: { env: { TMPDIR: "/proc" } },
  },
];

for (const { name, args, code, says, before, start } of refusals) {
  testWith(REAL, `${name} is refused before anything is written`, async () => {
    await inLab(async (lab) => {
      before?.(lab);
      const content = list(lab);
      const ended = await icecore(lab, ["build", ...args], start);
      assert.match(ended.stderr, says);
      assert.equal(ended.stderr.trimEnd().split("\n").length, 1, "one line says it");
      assert.equal(ended.code, code);
      assert.equal(ended.stdout, "");
      await assertNothingBuiltBut(lab, content);
    });
  });
}

function list(lab: Lab): string[] {
  return readdirSync(lab.folder, { recursive: true }).map(String).sort();
}

async function assertNothingBuiltBut(lab: Lab, content: readonly string[]): Promise<void> {
  if (!content.includes("q.img.partial")) await assertNothingBuilt(lab);
  assert.deepEqual(list(lab), content);
}

testWith(
  REAL,
  "lost+found at the root that is no folder is refused: e2fsck would remove it",
  async () => {
    await inLab(async (lab) => {
      writeFileSync(lab.at("source/lost+found"), "precious");
      const refused = await icecore(lab, ["build", "source/.", ...OUT]);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /cannot store lost\+found at the root of the image/);
      await assertNothingBuilt(lab);
      const stored = await build(lab);
      assert.equal(stored.code, 0, stored.stderr);
    });
  },
);

testWith(REAL, "an image that is there is kept, and replaced with --force", async () => {
  await inLab(async (lab) => {
    writeFileSync(lab.at("out.img"), "precious");
    const refused = await build(lab);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /it exists already\. Replace it with --force/);
    assert.equal(readFileSync(lab.at("out.img"), "utf8"), "precious");
    assert.equal((await build(lab, ["--force", "--hash", "sha256"])).code, 0);
    assert.equal((await build(lab, ["--force"])).code, 0);
    assert.deepEqual(readdirSync(lab.folder).filter((name) => name.startsWith("out")).sort(), [
      "out.img",
      "out.img.sha512",
    ], "the side file of the replaced image went with it");
    assert.equal((await icecore(lab, ["verify", "out.img"])).code, 0);
    await assertNothingLeft(lab);
  });
});

testWith(REAL, "a failed build with --force leaves the old image alone", async () => {
  await inLab(async (lab) => {
    assert.equal((await build(lab)).code, 0);
    const old = readFileSync(lab.at("out.img"));
    lab.fake("tune2fs", "exit 1");
    assert.equal((await build(lab, ["--force"])).code, 1);
    assert.deepEqual(readFileSync(lab.at("out.img")), old);
    assert.equal((await icecore(lab, ["verify", "out.img"])).code, 0);
    await assertNothingLeft(lab);
  });
});

testWith(REAL, "two builds of one output exclude each other, by whichever path", async () => {
  await inLab(async (lab) => {
    symlinkSync(".", lab.at("same"));
    lab.fake(
      "e2fsck",
      `echo >"$LAB/reached"; while test ! -e "$LAB/go"; do sleep 0.05; done; real "$@"`,
    );
    const first = build(lab);
    await appearance(lab.at("reached"));
    for (const path of ["out.img", "same/out.img"]) {
      const second = await icecore(lab, ["build", "source", "-o", path, "--recipe", "e2fsprogs"]);
      assert.equal(second.code, 1);
      assert.match(second.stderr, /another icecore is building it now\. Wait for it/);
    }
    assert.equal((await icecore(lab, ["clean"])).code, 0, "clean leaves a running build alone");
    writeFileSync(lab.at("go"), "");
    const { code, stderr } = await first;
    assert.equal(code, 0, stderr);
    assert.equal((await icecore(lab, ["verify", "out.img"])).code, 0);
    await assertNothingLeft(lab);
  });
});

/** Runs what stands behind it as a user who may do nothing special. */
const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

testWith(
  { ...REAL, programs: [...REAL.programs!, "setpriv"] },
  "who is not root is told so before anything is written",
  async () => {
    await inLab((lab) => {
      copyFileSync(Deno.execPath(), lab.at("bin/runtime"));
      for (const path of ["bin", "bin/runtime", "tmp"]) chmodSync(lab.at(path), 0o755);
      chmodSync(lab.folder, 0o755);
      chownSync(lab.temporary, 65534, 65534);
      mkdirSync(lab.at("theirs"));
      chownSync(lab.at("theirs"), 65534, 65534);
      const bundle = lab.at("icecore.js");
      output("env", [
        `PATH=${Deno.env.get("PATH")}`,
        `HOME=${Deno.env.get("HOME") ?? "/"}`,
        Deno.execPath(),
        "bundle",
        "--quiet",
        "--platform=deno",
        "-o",
        bundle,
        new URL("../../main.ts", import.meta.url).pathname,
      ]);
      chmodSync(bundle, 0o644);
      const argv = [...NOBODY, lab.at("bin/runtime"), "run", "--allow-all", "--no-config", bundle];
      const child = spawnSync(argv[0]!, [...argv.slice(1), ...[
        "build",
        "source",
        "-o",
        "theirs/out.img",
        "--recipe",
        "e2fsprogs",
      ]], {
        cwd: lab.folder,
        env: { ...lab.env, HOME: lab.temporary, DENO_DIR: lab.at("theirs") },
        encoding: "utf8",
      });
      assert.match(
        child.stderr,
        /cannot run mount, copy and unmount: they need root, because only root may mount\. Run icecore with sudo, or build with --recipe native/,
      );
      assert.equal(child.status, 1);
      assert.deepEqual(readdirSync(lab.at("theirs")).filter((name) => name.startsWith("out")), []);
    });
  },
);
