import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { scan } from "./scanning.ts";

const MARK = "\ufeff";
const latin1 = (text: string) =>
  [...new TextEncoder().encode(text)].map((byte) => String.fromCharCode(byte))
    .join("");

Deno.test("a byte order mark is a part of a name: the pattern without it does not match", async () => {
  await inTemporaryFolder(async (folder) => {
    for (const name of ["foo", `${MARK}foo`]) {
      writeFileSync(`${folder}/${name}`, "");
    }
    const { names } = await scan([`${folder}/.`], { exclude: ["foo"] });
    assert.deepEqual(names, [latin1(`${MARK}foo`)]);
  });
});

Deno.test("a further source may have a name that begins with a byte order mark", async () => {
  await inTemporaryFolder(async (folder) => {
    for (const name of ["root", `${MARK}more`]) mkdirSync(`${folder}/${name}`);
    writeFileSync(`${folder}/${MARK}more/f`, "");
    const { names } = await scan([`${folder}/root/.`, `${folder}/${MARK}more`]);
    assert.deepEqual(names, [latin1(`${MARK}more`), latin1(`${MARK}more/f`)]);
  });
});
