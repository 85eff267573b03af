import assert from "node:assert/strict";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { fileSink } from "../../../steps/pack/sink.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("a link in the place of the image that was claimed is not written through", () =>
  inTemporaryFolder((folder) => {
    writeFileSync(`${folder}/precious`, "kept");
    symlinkSync("precious", `${folder}/x.img.partial`);
    assert.throws(() => fileSink(`${folder}/x.img.partial`), {
      code: "output-replaced",
      message: /^cannot write \S+x\.img\.partial: a symbolic link took its place\. Look /,
    });
    assert.equal(readFileSync(`${folder}/precious`, "utf8"), "kept");
  }));
