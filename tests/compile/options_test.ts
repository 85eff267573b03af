import assert from "node:assert/strict";
import { compile, otherTarget, root } from "./compile.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const refused: { argv: string[]; says: string }[] = [
  { argv: ["--runtime"], says: "--runtime needs a value." },
  {
    argv: ["--runtime", "node"],
    says: "unknown runtime node. Use auto, deno or bun.",
  },
  {
    argv: ["--target", "windows"],
    says: "unknown target windows. Use linux-x64,",
  },
  { argv: ["--fast"], says: "unknown option --fast." },
  {
    argv: ["main.ts", "other.ts"],
    says: "one ENTRY at a time, and other.ts is a second one.",
  },
  {
    argv: ["missing.ts"],
    says: "cannot build missing.ts: there is no such file.",
  },
  {
    argv: ["-o", "/tmp", "compile.sh"],
    says: "cannot write /tmp: it is a folder.",
  },
];

for (const { argv, says } of refused) {
  Deno.test(`compile.sh ${argv.join(" ")} is refused with one sentence`, async () => {
    const { code, stdout, stderr } = await compile(argv);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.ok(stderr.startsWith(`compile.sh: ${says}`), stderr);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  });
}

Deno.test("compile.sh --help explains itself and ends in an example", async () => {
  const { code, stdout } = await compile(["--help"]);
  assert.equal(code, 0);
  assert.match(stdout, /^compile\.sh \[--runtime auto\|deno\|bun\]/);
  assert.match(stdout.trimEnd().split("\n").at(-1) ?? "", /^Example: /);
});

Deno.test("compile.sh names a DENORT_BIN that is not there", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/entry.ts`, "console.log(1);\n");
    const { code, stderr } = await compile(
      [
        "--runtime",
        "deno",
        "--target",
        otherTarget,
        "-o",
        `${folder}/out`,
        `${folder}/entry.ts`,
      ],
      { env: { DENORT_BIN: `${folder}/denort` } },
    );
    assert.equal(code, 1);
    assert.match(
      stderr,
      /DENORT_BIN names .*denort, which is not a file\. Correct it or unset it\./,
    );
  });
});

Deno.test("compile.sh says that Deno has no runtime for musl", async () => {
  const argv = [
    "--runtime",
    "deno",
    "--target",
    "linux-x64-musl",
    `${root}compile.sh`,
  ];
  const { code, stderr } = await compile(argv);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /cannot build linux-x64-musl with Deno: .* Use --runtime bun\./,
  );
});

Deno.test("compile.sh refuses two workers of one name", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/entry.ts`, "console.log(1);\n");
    await Deno.mkdir(`${folder}/copy/deep`, { recursive: true });
    await Deno.copyFile(`${root}compile.sh`, `${folder}/copy/compile.sh`);
    for (const place of ["copy", "copy/deep"]) {
      await Deno.writeTextFile(
        `${folder}/${place}/same_worker.ts`,
        "export {};\n",
      );
    }
    const { code, stderr } = await new Deno.Command("bash", {
      args: [
        `${folder}/copy/compile.sh`,
        `${folder}/entry.ts`,
        "-o",
        `${folder}/out`,
      ],
      stderr: "piped",
    }).output();
    assert.equal(code, 1);
    assert.match(
      new TextDecoder().decode(stderr),
      /two workers are named same_worker\.ts/,
    );
  });
});
