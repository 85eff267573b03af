import assert from "node:assert/strict";
import {
  rsyncArgv,
  sftpArgv,
  sftpBatch,
  sshArgv,
} from "../../../plugins/ssh/argv.ts";

const options = {
  port: 22,
  identityFile: "/k e",
  sshOptions: ["ProxyJump=gate"],
};
const to = { host: "me@::1", folder: "/it's" };
const always = ["BatchMode=yes", "ConnectTimeout=20", "ServerAliveInterval=15"]
  .flatMap((option) => ["-o", option]);
const given = ["-i", "/k e", "-p", "22", "-o", "ProxyJump=gate"];

Deno.test("what ssh is to run is quoted for the shell on the far side", () => {
  assert.deepEqual(sshArgv(options, to, ["cat", "/it's"]), [
    ...["ssh", ...always, ...given, "--", "me@::1"],
    `'sh' '-c' 'cat' 'sh' '/it'\\''s'`,
  ]);
});

Deno.test("rsync gets ssh's own words quoted, and paths as they are", () => {
  const argv = rsyncArgv(options, to, "/a b", "/it's/x");
  assert.deepEqual(argv.slice(-3), ["--", "/a b", "me@[::1]:/it's/x"]);
  assert.ok(
    argv.includes(
      ["ssh", ...always, ...given].map((word) => `'${word}'`).join(" "),
    ),
  );
});

Deno.test("sftp gets its commands by a batch, in which paths are quoted", () => {
  assert.deepEqual(sftpArgv(options, to).slice(-6), [
    ...["-P", "22", "-o", "ProxyJump=gate", "--", "me@[::1]"],
  ]);
  assert.equal(sftpBatch('/a "b"', "/c\\d"), 'reput "/a \\"b\\"" "/c\\\\d"\n');
});
