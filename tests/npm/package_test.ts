/**
 * The npm package as `npm pack` makes it, installed into a fresh project: its command, and the whole
 * module in Deno and Bun.
 */

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import configuration from "../../deno.json" with { type: "json" };
import { run, tried } from "../../release/run.ts";
import { npmPackageOf, TARGETS } from "../../release/targets.ts";
import { repositoryRoot } from "../lint/source_files.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const { version } = configuration;
const EXECUTABLE = process.env["ICECORE_EXECUTABLE"];

/** Builds with a step of its own, and reads what came of it. */
const PROGRAM = `
import { pipeline, recipes, type Step } from "icecore";
import { printable } from "icecore/plugin";
import notify from "icecore/plugins/notify";
import { openImage } from "icecore/read";

const names: string[] = [];
const list: Step = {
  name: "list",
  summary: "note what was made",
  after: "hash",
  run: (image) => void names.push(image.name, notify.name, typeof printable),
};
const request = { sources: ["core"], output: "core.img", force: true };
const { image } = await pipeline(recipes.native).use(list).run(request);
await using opened = await openImage(image.path);
for await (const { pathText } of opened.walk()) names.push(pathText);
console.log(names.join(" "));
`;

testWith({ programs: ["npx"] }, "the npm package, packed and installed", async (context) => {
  await inTemporaryFolder(async (folder) => {
    const pack = (from: string) =>
      run(["npm", "pack", "--silent", "--pack-destination", folder], { cwd: from });
    run(["bash", `${repositoryRoot}/npm.sh`, `${folder}/package`]);
    pack(`${folder}/package`);
    const archives = [`${folder}/icecore-${version}.tgz`];
    const target = TARGETS.find(({ cpu, libc }) => cpu === process.arch && libc === "glibc");
    if (EXECUTABLE !== undefined && target !== undefined) {
      mkdirSync(`${folder}/machine/bin`, { recursive: true });
      copyFileSync(EXECUTABLE, `${folder}/machine/bin/icecore`);
      const manifest = JSON.stringify(npmPackageOf(target, version, "MIT"));
      writeFileSync(`${folder}/machine/package.json`, manifest);
      // A folder is linked: packing 120 MB takes a minute.
      archives.push(`${folder}/machine`);
    }
    const project = `${folder}/project`;
    mkdirSync(`${project}/core`, { recursive: true });
    writeFileSync(`${project}/core/note.txt`, "ice\n");
    writeFileSync(`${project}/package.json`, '{ "type": "module" }');
    writeFileSync(`${project}/program.ts`, PROGRAM);
    const inProject = (...argv: string[]) => run(argv, { cwd: project });
    inProject("npm", "install", "--silent", "--no-audit", "--no-fund", ...archives);
    const printed = "core.img notify function core core/note.txt\n";

    await context.step("Deno imports it, with its types", () => {
      const run = ["run", "--quiet", "--allow-all", "--check", "program.ts"];
      assert.equal(inProject(Deno.execPath(), ...run).replace("lost+found ", ""), printed);
    });
    const image = readFileSync(`${project}/core.img`);

    await context.step("Bun imports it, and makes the same image", () => {
      const output = inProject("npx", "-y", "bun@1.4.5", "program.ts");
      assert.equal(output.replace("lost+found ", ""), printed);
      assert.ok(image.equals(readFileSync(`${project}/core.img`)));
    });

    await context.step("npx and bunx start the executable, with its exit code", () => {
      const command = ["npx", "icecore"];
      if (archives.length === 1) {
        const { code, stderr } = tried([...command, "--version"], { cwd: project });
        assert.deepEqual([code, /is not installed/.test(stderr)], [1, true], stderr);
        return;
      }
      assert.equal(inProject(...command, "--version"), `icecore ${version}\n`);
      assert.equal(tried([...command, "ls", "gone.img"], { cwd: project }).code, 1);
      assert.equal(tried([...command, "ls"], { cwd: project }).code, 2);
      const bunx = ["npx", "-y", "bun@1.4.5", "x", "icecore", "--version"];
      assert.equal(inProject(...bunx), `icecore ${version}\n`);
    });
  });
});
