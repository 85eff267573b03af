/**
 * The Debian package: made of an executable, judged by lintian, installed, run and removed.
 */

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { loadCommands } from "../../cli/load_commands.ts";
import { about } from "../../cli/manual/about.ts";
import { manualPages } from "../../cli/manual/manual.ts";
import {
  controlFile,
  debianPackage,
  newestGlibc,
  packageName,
} from "../../release/debian_package.ts";
import { run, tried } from "../../release/run.ts";
import { repositoryRoot } from "../lint/source_files.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** What the suite has compiled. */
const EXECUTABLE = process.env["ICECORE_EXECUTABLE"];

Deno.test("the newest glibc among the symbols counts, by number", () => {
  assert.equal(newestGlibc("GLIBC_2.9 x GLIBC_2.17 y GLIBC_2.4"), "2.17");
  assert.match(
    controlFile({ architecture: "arm64", version: "1.2.3" }, "2.17", 2049),
    /^Package: icecore\nVersion: 1\.2\.3-1\nArchitecture: arm64\n[^]*Installed-Size: 3\nDepends: libc6 \(>= 2\.17\)\n/,
  );
});

testWith(
  { programs: ["dpkg-deb", "objdump", "lintian"], root: true },
  EXECUTABLE === undefined
    ? "the Debian package (skipped: no executable was compiled, deno task test does)"
    : "the Debian package pleases lintian, is installed, runs and is removed",
  async (context) => {
    if (EXECUTABLE === undefined || process.arch !== "x64") return;
    await inTemporaryFolder(async (folder) => {
      const contents = {
        executable: EXECUTABLE,
        architecture: "amd64",
        version: "1.2.3",
        licence: readFileSync(`${repositoryRoot}/LICENSE`, "utf8"),
        thirdParty: "the licences of others\n",
        manual: manualPages(await loadCommands(), about, { version: "1.2.3", date: "2026-01-01" }),
        completions: {
          bash: run([EXECUTABLE, "completion", "bash"]),
          zsh: run([EXECUTABLE, "completion", "zsh"]),
          fish: run([EXECUTABLE, "completion", "fish"]),
        },
        epoch: 1_767_225_600,
      } as const;
      const path = debianPackage(contents, folder, "gzip");
      assert.equal(path, `${folder}/${packageName(contents)}`);
      assert.equal(packageName(contents), "icecore_1.2.3-1_amd64.deb");

      // It reads an executable of 120 MB for a minute: `deno task release` has it do so.
      await context.step(
        "lintian finds no error, with a small program in the place of ours",
        () => {
          mkdirSync(`${folder}/small`);
          const small = debianPackage(
            { ...contents, executable: "/bin/true" },
            `${folder}/small`,
            "gzip",
          );
          const { code, stdout } = tried(["lintian", "--fail-on", "error", small]);
          assert.equal(code, 0, stdout);
        },
      );

      // A system of its own, so that this machine's stays as it is.
      const root = `${folder}/root`;
      mkdirSync(`${root}/var/lib/dpkg/info`, { recursive: true });
      mkdirSync(`${root}/var/lib/dpkg/updates`);
      for (const each of ["status", "available"]) writeFileSync(`${root}/var/lib/dpkg/${each}`, "");
      const dpkg = ["dpkg", `--root=${root}`, "--force-depends", "--log=/dev/null"];

      await context.step("it is installed, and runs", () => {
        run([...dpkg, "--install", path]);
        const installed = `${root}/usr/bin/icecore`;
        mkdirSync(`${folder}/core`);
        writeFileSync(`${folder}/core/note.txt`, "ice\n");
        run([installed, "build", "core", "--quiet"], { cwd: folder });
        run([installed, "verify", "core.img", "--quiet"], { cwd: folder });
        for (
          const file of [
            "man/man1/icecore.1.gz",
            "man/man1/icecore-verify.1.gz",
            "man/man1/icecore-recipe-schema.1.gz",
            "bash-completion/completions/icecore",
            "zsh/vendor-completions/_icecore",
            "fish/vendor_completions.d/icecore.fish",
            "doc/icecore/copyright",
          ]
        ) assert.ok(existsSync(`${root}/usr/share/${file}`), file);
      });

      await context.step("it is removed, and nothing is left", () => {
        run([...dpkg, "--purge", "icecore"]);
        const left = readdirSync(root, { recursive: true }).map(String)
          .filter((name) => !name.startsWith("var"));
        assert.deepEqual(left.filter((name) => /icecore/.test(name)), []);
      });
    });
  },
);
