import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { output } from "../support/programs/oracles.ts";
import { AS_NOBODY } from "../support/programs/privileges.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inLab, REAL } from "./lab.ts";
import { OUT, testRefusals } from "./refusal.ts";

testRefusals([
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
]);

testWith(
  { ...REAL, programs: [...REAL.programs!, "setpriv"] },
  "who is not root learns it before anything is written",
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
      const argv = [
        ...AS_NOBODY,
        lab.at("bin/runtime"),
        "run",
        "--allow-all",
        "--no-config",
        bundle,
      ];
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
        /cannot run mount, copy and unmount: they need root, and this is not root\. Run icecore with sudo; or use the recipe native.*\(--recipe native, --without\)/,
      );
      assert.equal(child.status, 1);
      assert.deepEqual(readdirSync(lab.at("theirs")).filter((name) => name.startsWith("out")), []);
    });
  },
);
