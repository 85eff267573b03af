import assert from "node:assert/strict";
import { lstatSync, renameSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { CURRENT_FOLDER, O_RDONLY, openAt } from "../../host/libc/files.ts";
import { messageOf } from "../../plugin.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** What a call throws. */
async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: "nothing was thrown" });
}

Deno.test("a bare error of the system is reported in words, with its file and what to do", async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(`${folder}/file`, "");
    const failing: Record<string, () => unknown> = {
      [`cannot open ${folder}/gone: no such file or directory. `]: () =>
        open(`${folder}/gone`),
      [`cannot rename ${folder}/gone to ${folder}/file: no such file or directory. `]:
        () => renameSync(`${folder}/gone`, `${folder}/file`),
      [`cannot look at ${folder}/file/inner: not a directory. `]: () =>
        lstatSync(`${folder}/file/inner`),
      [`cannot open ${folder}/missing: no such file or directory. `]: () =>
        openAt(CURRENT_FOLDER, `${folder}/missing`, O_RDONLY),
    };
    for (const [text, call] of Object.entries(failing)) {
      const message = messageOf(await thrownBy(call));
      assert.equal(message, `${text}Look at what is there, and try again.`);
    }
  });
});

Deno.test("an error that is not the system's keeps its message", () => {
  assert.equal(messageOf(new Error("cannot see")), "cannot see");
  assert.equal(
    messageOf(Object.assign(new Error("no"), { code: "ENOENT" })),
    "no",
  );
  assert.equal(messageOf("text"), "text");
});
