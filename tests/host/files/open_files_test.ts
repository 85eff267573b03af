import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  OPEN_FILES_LIMIT,
  refuseOwnFault,
} from "../../../host/files/open_files.ts";
import { ERRNO, SystemError } from "../../../host/libc/errno.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const main = fileURLToPath(new URL("../../../main.ts", import.meta.url));

/** Runs icecore with no more than 96 open files, which is little more than a runtime has. */
function icecoreWithFew(...args: string[]): void {
  const command = 'ulimit -n 96 && exec "$@"';
  const icecore = [
    Deno.execPath(),
    "run",
    "--quiet",
    "--allow-all",
    main,
    ...args,
  ];
  execFileSync("sh", ["-c", command, "sh", ...icecore], { stdio: "pipe" });
}

Deno.test("the limit of open files is the kernel's", () => {
  const shown = Number(execFileSync("sh", ["-c", "ulimit -n"]).toString());
  assert.equal(OPEN_FILES_LIMIT, shown);
});

Deno.test("many files and folders are packed and extracted with few descriptors", async () => {
  await inTemporaryFolder((folder) => {
    const source = join(folder, "core");
    for (let i = 0; i < 150; i++) {
      mkdirSync(join(source, `folder${i}`), { recursive: true });
      for (let k = 0; k < 10; k++) {
        writeFileSync(join(source, `folder${i}/file${k}`), `${i} ${k}`);
      }
    }
    const image = join(folder, "core.img");
    icecoreWithFew("build", source, "-o", image, "--quiet");
    icecoreWithFew("extract", image, "-o", join(folder, "out"), "--quiet");
    assert.equal(readdirSync(join(folder, "out/core")).length, 150);
    assert.ok(existsSync(join(folder, "out/core/folder149/file9")));
  });
});

Deno.test("too few descriptors or too little memory are not faults of the source", () => {
  for (const errno of [ERRNO.EMFILE, ERRNO.ENFILE, ERRNO.ENOMEM]) {
    assert.throws(() => refuseOwnFault(new SystemError("open", errno), "a/b"), {
      name: "EnvironmentError",
      code: "no-resources",
      message:
        /^cannot open a\/b: .*\. Raise the limit \(ulimit -n, ulimit -v\)/,
    });
  }
  refuseOwnFault(new SystemError("open", ERRNO.EACCES), "a/b");
  refuseOwnFault(new Error("odd"), "a/b");
});
