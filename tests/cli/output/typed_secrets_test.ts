import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { withoutTypedSecrets } from "../../../cli/output/typed_secrets.ts";
import { icecore } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const SCHEMES = ["ftp", "sftp", "webdavs", "https", "HTTP", "s3"];
const PASSWORDS = ["hunter2", "hun:ter2", "hun ter2", 'hun"ter2', "hun'ter2)", "hun@ter2"];

/** Every place where a path or a URL is accepted. */
const COMMANDS: readonly (readonly string[])[] = [
  ["build", "URL"],
  ["build", "URL", "--dry-run"],
  ["build", ".", "-o", "URL"],
  ["build", ".", "-o", "URL", "--json"],
  ["build", ".", "-o", "new.img", "--exclude-from", "URL"],
  ["build", ".", "-o", "new.img", "--recipe", "URL"],
  ["build", ".", "-o", "new.img", "--use", "URL"],
  ["build", ".", "-o", "new.img", "--use", "ssh", "--set", "ssh.to=URL"],
  ["build", ".", "-o", "new.img", "--use", "s3", "--set", "s3.to=URL", "--set", "s3.retries=0"],
  ["build", ".", "-o", "new.img", "--use", "age", "--set", "age.recipientsFile=URL"],
  ["verify", "URL"],
  ["verify", "file", "--source", "URL"],
  ["verify", "file", "--source", "URL", "--json"],
  ["info", "URL"],
  ["ls", "URL", "--verbose"],
  ["cat", "URL", "x", "--json"],
  ["find", "URL"],
  ["diff", "URL", "URL"],
  ["extract", "URL", "-o", "URL"],
  ["export", "URL"],
  ["join", "URL", "-o", "URL"],
  ["mount", "URL", "URL"],
  ["umount", "URL"],
  ["new-step", "URL"],
  ["build", "--no-such-option=URL", "URL"],
];

for (const [index, command] of COMMANDS.entries()) {
  Deno.test(`no password of a URL is printed: icecore ${command.join(" ")}`, async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(`${folder}/file`, "");
      const scheme = SCHEMES[index % SCHEMES.length];
      const password = PASSWORDS[index % PASSWORDS.length];
      const url = `${scheme}://bobby:${password}@127.0.0.1:1/photos.img`;
      const args = command.map((arg) => arg.replace("URL", url));
      const { code, stdout, stderr } = await icecore(args, {
        cwd: folder,
        env: {
          AWS_ENDPOINT_URL: "http://key:hunter2@127.0.0.1:1",
          AWS_ACCESS_KEY_ID: "a",
          AWS_SECRET_ACCESS_KEY: "b",
          XDG_DATA_HOME: folder,
        },
      });
      assert.notEqual(code, 0);
      assert.notEqual(stderr, "");
      assert.doesNotMatch(stdout + stderr, /ter2|bobby/);
    });
  });
}

Deno.test("what is typed is taken out of a text as a path, a message and JSON have it", () => {
  const given = ['--set=x.y=ftp://bob:p"w\n//x@h/a'];
  for (const form of ['p"w\n//x', 'p"w\n/x', 'p\\"w\\n//x', 'p"w\\n/x']) {
    assert.equal(withoutTypedSecrets(`no ftp:/bob:${form}@h/a`, given), "no ftp:/h/a", form);
  }
  assert.equal(withoutTypedSecrets("a file /x@h", ["https://h/x@h"]), "a file /x@h");
});
