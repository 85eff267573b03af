import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdirSync } from "node:fs";
import { openImage } from "../../../image/open_image.ts";
import { buildAll, movedIn, planFolder } from "../../support/images/volume_trial.ts";
import { output } from "../../support/programs/oracles.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const MiB = 1 << 20;

Deno.test("names that are not UTF-8, or have newlines, are cut, moved and stored once", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    // Paths of node:fs are text: the shell makes these.
    const at = (...bytes: number[]) =>
      `$'${bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}'`;
    const script = [`cd '${folder}/source'`, `mkdir ${at(0xe9, 0x0a)}`];
    const expected: string[] = ["e90a"];
    for (let i = 1; i <= 60; i++) {
      // Half of them lie in a folder, and a slash is not a name.
      const name = i <= 30 ? [0xe9, 0x0a, 0x2f, 0x80 + i] : [0xff, i === 0x2f ? 0xfe : i];
      script.push(`head -c 40000 /dev/zero > ${at(...name)}`);
      expected.push(Buffer.from(name).toString("hex"));
    }
    // From the first volume into the last, and a file that has a volume of its own.
    script.push(`ln ${at(0xe9, 0x0a, 0x2f, 0x81)} ${at(0xff, 0xff)}`);
    script.push(`head -c ${2 * MiB} /dev/zero > ${at(0xff, 0xf0, 0x25)}`);
    output("bash", ["-c", script.join("\n")]);
    expected.push("ffff", "fff025");
    mkdirSync(`${folder}/to`);
    const plan = await planFolder(`${folder}/source`, `${folder}/t.plan`, MiB);
    assert.ok(plan.volumes.length >= 4 && plan.volumes.some(({ range }) => range?.from[0] === "%"));
    const moved = (await movedIn(`${folder}/t.plan`)).flatMap(({ names }) => names);
    assert.deepEqual(moved, ["%ff%f0%25", "%ff%ff"]);
    const found: string[] = [];
    for (const { entry } of await buildAll(`${folder}/t.plan`, `${folder}/to`)) {
      assert.deepEqual(entry.changes, { countNew: 0, countGone: 0 });
      await using image = await openImage(`${folder}/to/${entry.file}`);
      for await (const { path, stat } of image.walk()) {
        const isRepeated = stat.kind === "folder" && found.includes("e90a");
        const text = Buffer.from(path).toString("hex");
        if (!isRepeated && text !== "" && text !== Buffer.from("lost+found").toString("hex")) {
          found.push(text);
        }
      }
    }
    assert.deepEqual(found.sort(), expected.sort());
  });
});
