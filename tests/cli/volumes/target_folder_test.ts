import assert from "node:assert/strict";
import { resolve } from "node:path";
import { targetFolder } from "../../../cli/volumes/target_folder.ts";

Deno.test("volumes go to a folder; whoever names a server reads how they come there", () => {
  assert.equal(targetFolder("a/../b"), resolve("b"));
  assert.equal(targetFolder(undefined), resolve("."));
  assert.equal(targetFolder("./s3:"), resolve("s3:"));
  const refused = (to: string, how: RegExp) =>
    assert.throws(() => targetFolder(to), { code: "to-is-remote", message: how });
  refused("s3://vault/a", /into s3:\/\/vault\/a: .* add --use s3 --set s3\.to=s3:\/\/vault\/a: /);
  refused("S3://vault/a", /--use s3/);
  refused(
    "https://name:secret@host/a",
    /^cannot build volumes into https:\/\/host\/a: [^@]*ssh\.$/,
  );
});
