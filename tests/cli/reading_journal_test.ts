import assert from "node:assert/strict";
import { KERNEL_WRITES, withKernelImage } from "../support/images/kernel_images.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore } from "../support/programs/run_icecore.ts";

testWith(KERNEL_WRITES, "an image that was not unmounted is read as if it had been", async () => {
  await withKernelImage(["-t", "ext4"], async ({ unclean }) => {
    const info = await icecore(["info", unclean]);
    assert.match(info.stdout, /^journal +not empty: read as if it had been replayed$/m);
    assert.match(info.stdout, /^origin +written by a kernel that mounted it/m);
    assert.equal(info.stderr, "");
    assert.equal((await icecore(["ls", "-R", unclean])).code, 0);

    const verified = await icecore(["verify", "--no-digest", unclean]);
    assert.equal(verified.code, 0);
    assert.match(verified.stderr, /was not unmounted: it is sound once its journal is replayed$/m);

    const ignored = await icecore(["info", "--ignore-journal", unclean]);
    assert.match(ignored.stdout, /^journal +not empty, and ignored$/m);
    assert.match(ignored.stderr, /^icecore: the journal was not replayed: what was written last/);
    assert.equal((await icecore(["info", "--ignore-journal", "-q", unclean])).stderr, "");
  });
});
