/**
 * Makes a release, all of it, in `dist/release`.
 *
 *     deno task release [--only TARGET] [--out FOLDER]
 *
 * See docs/releasing.md. The time in it is SOURCE_DATE_EPOCH, else that of the last commit.
 * @module
 */

import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadCommands } from "../cli/load_commands.ts";
import { about } from "../cli/manual/about.ts";
import { manualPages } from "../cli/manual/manual.ts";
import { audit } from "./audit.ts";
import { billOfMaterials } from "./bill_of_materials.ts";
import { writeChecksums } from "./checksums.ts";
import { debianPackage } from "./debian_package.ts";
import { licenceOf, licencesPage } from "./licences.ts";
import { directPackages, lockedPackages } from "./locked_packages.ts";
import { releaseNotes } from "./notes.ts";
import { run, tried } from "./run.ts";
import { executableName, npmPackageOf, type Target, TARGETS } from "./targets.ts";
import { type Trial, trialOf } from "./trial.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const SHELLS = ["bash", "zsh", "fish"] as const;

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { only: { type: "string" }, out: { type: "string" } },
});
const out = values.out ?? `${ROOT}dist/release`;
const targets = TARGETS.filter(({ name }) => values.only === undefined || name === values.only);
if (targets.length === 0) throw new Error(`there is no target ${values.only}`);
const { version, license } = JSON.parse(readFileSync(`${ROOT}deno.json`, "utf8"));
const bun = /bun_version=([\d.]+)/.exec(readFileSync(`${ROOT}compile.sh`, "utf8"))![1]!;
const epoch = Number(
  process.env["SOURCE_DATE_EPOCH"] ?? run(["git", "log", "-1", "--format=%ct"], { cwd: ROOT }),
);
const date = new Date(epoch * 1000).toISOString().slice(0, 10);
const scratch = mkdtempSync(`${tmpdir()}/icecore-release-`);
const say = (text: string) => console.error(`release: ${text}`);

/** Compiles one executable. @returns its path */
function compile(target: Target): string {
  say(`${target.name}: compiling`);
  const path = `${out}/${executableName(target)}`;
  run(["bash", `${ROOT}compile.sh`, "--runtime", "bun", "--target", target.name, "-o", path]);
  return path;
}

/** Packs what a folder holds as `npm publish` would. */
function pack(folder: string): void {
  run(["npm", "pack", "--silent", "--pack-destination", `${out}/npm`], { cwd: folder });
}

function npmPackages(): void {
  mkdirSync(`${out}/npm`);
  run(["bash", `${ROOT}npm.sh`, `${scratch}/npm`]);
  pack(`${scratch}/npm`);
  for (const target of targets) {
    const folder = `${scratch}/npm-${target.name}`;
    mkdirSync(`${folder}/bin`, { recursive: true });
    copyFileSync(`${out}/${executableName(target)}`, `${folder}/bin/icecore`);
    chmodSync(`${folder}/bin/icecore`, 0o755);
    copyFileSync(`${ROOT}LICENSE`, `${folder}/LICENSE`);
    const manifest = npmPackageOf(target, version, license);
    writeFileSync(`${folder}/package.json`, JSON.stringify(manifest, undefined, 2));
    pack(folder);
  }
}

/** Whether JSR would take it, as far as can be said without it. There, names have a scope. */
function jsrDryRun(): string {
  const folder = `${scratch}/jsr`;
  mkdirSync(folder);
  const archive = `${scratch}/source.tar`;
  run(["git", "archive", "--output", archive, "HEAD"], { cwd: ROOT });
  run(["tar", "-xf", archive, "-C", folder]);
  const manifest = JSON.parse(readFileSync(`${folder}/deno.json`, "utf8"));
  const scoped = JSON.stringify({ ...manifest, name: "@icecore/icecore" });
  writeFileSync(`${folder}/deno.json`, scoped);
  const publish = ["publish", "--dry-run", "--allow-dirty", "--allow-slow-types", "--no-check"];
  const { code, stderr } = tried(["npx", "-y", "deno@2.9.6", ...publish], { cwd: folder });
  writeFileSync(`${out}/jsr.txt`, stderr.replaceAll(folder, ""));
  if (code === 0) return "the dry run of publishing passed";
  const why = stderr.split("\n").find((line) => line.startsWith("error:")) ?? "";
  return `the dry run of publishing ended with ${code}: ${why}`;
}

function lintian(packages: readonly string[]): string {
  if (tried(["lintian", "--version"]).code !== 0) return "lintian is not installed: not checked";
  const { code, stdout, stderr } = tried(["lintian", "--fail-on", "error", ...packages]);
  writeFileSync(`${out}/lintian.txt`, stdout + stderr);
  return code === 0 ? "lintian finds no error" : "lintian finds errors, see lintian.txt";
}

try {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const lock = readFileSync(`${ROOT}deno.lock`, "utf8");
  const packages = lockedPackages(lock);
  const needs = directPackages(lock);
  const runtime = { name: "bun", version: bun };
  const subject = { name: "icecore", version, licence: license, needs, runtime, epoch };
  writeFileSync(
    `${out}/icecore.cdx.json`,
    billOfMaterials(subject, packages, (each) => licenceOf(ROOT, each).id),
  );
  const thirdParty = licencesPage(packages, (each) => licenceOf(ROOT, each));
  writeFileSync(`${out}/THIRD-PARTY-LICENCES.txt`, thirdParty);
  copyFileSync(`${ROOT}LICENSE`, `${out}/LICENSE`);

  const manual = manualPages(await loadCommands(), about, { version, date });
  mkdirSync(`${out}/man`);
  for (const [name, text] of manual) writeFileSync(`${out}/man/${name}`, text);
  mkdirSync(`${out}/completions`);
  const source = ["npx", "-y", "deno@2.9.6", "run", "-qA", `${ROOT}main.ts`];
  const [bash = "", zsh = "", fish = ""] = SHELLS.map((shell) => {
    const text = run([...source, "completion", shell]);
    writeFileSync(`${out}/completions/icecore.${shell}`, text);
    return text;
  });

  const trials: Trial[] = targets.map((target) => {
    const trial = trialOf(target, compile(target), scratch);
    say(`${target.name}: ${trial.ran ? `ran ${trial.how}` : `not run: ${trial.how}`}`);
    return trial;
  });

  const debian = targets.filter(({ libc }) => libc === "glibc").map((target) => {
    say(`${target.debian}: Debian package`);
    const path = debianPackage({
      executable: `${out}/${executableName(target)}`,
      architecture: target.debian,
      licence: readFileSync(`${ROOT}LICENSE`, "utf8"),
      ...{ version, thirdParty, manual, completions: { bash, zsh, fish }, epoch },
    }, scratch);
    const name = path.slice(scratch.length + 1);
    copyFileSync(path, `${out}/${name}`);
    return `${out}/${name}`;
  });
  say("npm packages");
  npmPackages();
  say("audit, lintian, dry run for JSR");
  const audited = audit(packages, `${scratch}/audit`);
  writeFileSync(`${out}/audit.json`, audited.text);
  writeFileSync(
    `${out}/RELEASE.md`,
    releaseNotes({
      ...{ version, date, trials, audit: audited },
      jsr: jsrDryRun(),
      lintian: lintian(debian),
    }),
  );
  writeChecksums(out);
  say(`icecore ${version} is in ${out}`);
  if (trials.some(({ ran }) => !ran)) say("not everything could be run: see RELEASE.md");
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
