/**
 * Steps in the two ways that a compiled executable knows: compiled in, and given to it as a file.
 * @module
 */

import assert from "node:assert/strict";
import { moduleFaults } from "../loading/module_faults.ts";
import { zxFaults } from "../loading/zx_faults.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { compile, root, run } from "./compile.ts";

/** Runs a program in a folder, with no more of the environment than it needs. */
const inFolder = (folder: string, program: string, argv: string[]) =>
  run(program, argv, {
    cwd: folder,
    env: { TMPDIR: `${folder}/tmp`, NO_COLOR: "1" },
  });

async function makeSource(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/tmp`);
  await Deno.mkdir(`${folder}/source`);
  await Deno.writeTextFile(
    `${folder}/source/note.txt`,
    "An ice core never changes.\n",
  );
}

async function put(folder: string, name: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o755 });
}

Deno.test("the executable built with Bun loads steps of each kind", async (t) => {
  await inTemporaryFolder(async (folder) => {
    const executable = `${folder}/icecore`;
    const compiled = await compile(["--runtime", "bun", "-o", executable]);
    assert.equal(compiled.code, 0, compiled.stderr);
    await makeSource(folder);
    const build = (...args: string[]) =>
      inFolder(folder, executable, [
        "build",
        "source",
        "-o",
        "core.img",
        "--force",
        ...args,
      ]);

    await t.step(
      "a TypeScript module, which imports icecore by its name",
      async () => {
        await put(
          folder,
          "tell.ts",
          `import type { Step } from "icecore";
        import { printable } from "icecore/plugin";
        import { openImage } from "icecore/read";
        export default {
          name: "tell",
          async run(image, { $, emit }) {
            const said: string = await $\`echo \${printable(typeof openImage)} \${image.name}\`.text();
            emit({ type: "message", level: "info", text: said });
          },
        } satisfies Step;\n`,
        );
        const { code, stderr } = await build("--use", "./tell.ts");
        assert.equal(code, 0, stderr);
        assert.match(stderr, /icecore: function core\.img\n/);
      },
    );

    await t.step(
      "a module with a syntax error, shown where it is",
      async () => {
        await put(
          folder,
          "bad.ts",
          "export default {\n  name: 'x'\n  run() {}\n};\n",
        );
        const { code, stderr } = await build("--use", "./bad.ts");
        assert.equal(code, 1);
        assert.match(
          stderr,
          /cannot load \.\/bad\.ts: .*bad\.ts:3:\d+: .*Correct the module/,
        );
      },
    );

    await t.step(
      "a module that is not there beside it, or imports what is not",
      async () => {
        await put(
          folder,
          "lost.ts",
          "import './gone.ts';\nexport default {};\n",
        );
        const { code, stderr } = await build("--use", "./lost.ts");
        assert.equal(code, 1);
        assert.match(stderr, /cannot load \.\/lost\.ts: .*gone\.ts/);
      },
    );

    await t.step("a script", async () => {
      await put(
        folder,
        "up.sh",
        `#!/bin/sh\necho "$ICECORE_NAME $ICECORE_PHASE" >&2\n`,
      );
      const { code, stderr } = await build("--use", "./up.sh");
      assert.equal(code, 0, stderr);
      assert.match(stderr, /icecore: up: core\.img sealed\n/);
    });

    await t.step("a zx script, with the zx that is compiled in", async () => {
      await put(
        folder,
        "zx.zx.mjs",
        `import { $ as same } from "zx";
        const { stdout } = await $\`echo from zx: \${image.name}\`;
        console.log(stdout.trim(), same === $, typeof question, typeof cd);\n`,
      );
      const { code, stderr } = await build("--use", "./zx.zx.mjs");
      assert.equal(code, 0, stderr);
      assert.match(
        stderr,
        /icecore: zx: from zx: core\.img true function function\n/,
      );
    });

    for (const [what, text, says] of zxFaults) {
      await t.step(`a zx script that ${what}: the build fails`, async () => {
        await put(folder, "bad.zx.mjs", `${text}\n`);
        const { code, stdout, stderr } = await build(
          "--use",
          "./bad.zx.mjs",
          "-q",
        );
        assert.deepEqual([code, stdout], [1, ""], stderr);
        assert.match(stderr, says);
      });
    }

    for (const [what, text] of moduleFaults) {
      await t.step(`a module that ${what}: the build fails`, async () => {
        await put(folder, "bad.ts", text);
        const { code, stdout, stderr } = await build("--use", "./bad.ts");
        assert.deepEqual([code, stdout], [1, ""], stderr);
        assert.doesNotMatch(stderr, /Bun v/);
      });
    }

    await t.step("a recipe file, and a module as one", async () => {
      await put(
        folder,
        "my.json",
        JSON.stringify({ use: [{ step: "./up.sh", after: "pack" }] }),
      );
      const json = await build("--recipe", "my.json", "-v");
      assert.equal(json.code, 0, json.stderr);
      assert.match(
        json.stderr,
        /pack: .*\n(.|\n)*up: core\.img sealed(.|\n)*hash: /,
      );
      await put(
        folder,
        "my.ts",
        `import { pipeline, recipes } from "icecore";
        export default pipeline(recipes.native).without("fsck");\n`,
      );
      const module = await build("--recipe", "./my.ts", "-v");
      assert.equal(module.code, 0, module.stderr);
      assert.doesNotMatch(module.stderr, /fsck/);
    });

    await t.step("new-step, whose step and test run as written", async () => {
      assert.equal(
        (await inFolder(folder, executable, ["new-step", "upload"])).code,
        0,
      );
      const tested = await run(Deno.execPath(), [
        "test",
        "-A",
        "--no-check",
        "upload_test.ts",
      ], {
        cwd: folder,
        env: { ICECORE: executable, NO_COLOR: "1" },
      });
      assert.equal(tested.code, 0, tested.stdout + tested.stderr);
      assert.match(tested.stdout, /2 passed \| 0 failed/);
    });
  });
});

Deno.test("examples/my-backup.ts is one executable, with its custom step compiled in", async () => {
  await inTemporaryFolder(async (folder) => {
    const own = `${folder}/my-backup`;
    const built = await compile([
      "--runtime",
      "bun",
      "-o",
      own,
      `${root}examples/my-backup.ts`,
    ]);
    assert.equal(built.code, 0, built.stderr);
    await makeSource(folder);
    await Deno.mkdir(`${folder}/vault`);
    const { code, stdout, stderr } = await inFolder(folder, own, [
      "source",
      "vault",
    ]);
    assert.equal(code, 0, stderr);
    const [copy] = [...Deno.readDirSync(`${folder}/vault`)].map(({ name }) =>
      name
    );
    assert.match(copy ?? "", /^[0-9a-f]{12}-source\.img$/);
    assert.ok(stdout.includes(`copy ${folder}/vault/${copy}\n`), stdout);
    assert.deepEqual(
      await Deno.readFile(`${folder}/vault/${copy}`),
      await Deno.readFile(`${folder}/source.img`),
    );
    const usage = await inFolder(folder, own, []);
    assert.equal(usage.code, 2);
    const failed = await inFolder(folder, own, ["source", "nowhere"]);
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /my-backup: .*exists already/);
  });
});

Deno.test("an executable of one's own loads steps from files as well, zx scripts too", async () => {
  await inTemporaryFolder(async (folder) => {
    await makeSource(folder);
    await put(
      folder,
      "own.ts",
      `import { loadStep, pipeline, recipes } from "icecore";
      const step = await loadStep("./look.zx.mjs");
      await pipeline(recipes.native).use(step).run({
        sources: [process.cwd() + "/source"],
        output: process.cwd() + "/core.img",
        emit: (event) => event.type === "message" && console.log(event.text),
      });
      console.log("once");\n`,
    );
    await put(
      folder,
      "look.zx.mjs",
      "echo((await $`echo own`).stdout.trim(), image.name);\n",
    );
    const built = await compile(["--runtime", "bun", "-o", "own", "own.ts"], {
      cwd: folder,
    });
    assert.equal(built.code, 0, built.stderr);
    const { code, stdout, stderr } = await inFolder(
      folder,
      `${folder}/own`,
      [],
    );
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "look: own core.img\nonce\n");
  });
});
