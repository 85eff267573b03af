import assert from "node:assert/strict";
import { compile } from "./compile.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** The machine and the loader an ELF executable asks for. */
async function elf(path: string): Promise<{ machine: number; loader: string }> {
  using file = await Deno.open(path);
  const head = new Uint8Array(4096);
  await file.read(head);
  const loader = /\/lib[^\0]*\/ld-[^\0]*|\/lib\/ld-[^\0]*/.exec(
    new TextDecoder("latin1").decode(head),
  );
  return {
    machine: new DataView(head.buffer).getUint16(18, true),
    loader: loader?.[0] ?? "",
  };
}

const targets = [
  { target: "linux-x64", machine: 62, loader: /ld-linux-x86-64/ },
  { target: "linux-arm64", machine: 183, loader: /ld-linux-aarch64/ },
  { target: "linux-x64-musl", machine: 62, loader: /ld-musl-x86_64/ },
] as const;

for (const { target, machine, loader } of targets) {
  Deno.test(`compile.sh --target ${target} builds for that machine, with Bun`, async () => {
    await inTemporaryFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/entry.ts`, "console.log(1);\n");
      const argv = [
        "--runtime",
        "bun",
        "--target",
        target,
        "-o",
        `${folder}/out`,
      ];
      const { code, stderr } = await compile([...argv, `${folder}/entry.ts`]);
      assert.equal(code, 0, stderr);
      const found = await elf(`${folder}/out`);
      assert.equal(found.machine, machine);
      assert.match(found.loader, loader);
    });
  });
}
