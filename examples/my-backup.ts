/**
 * A backup program of one's own: icecore's pipeline with a custom step, in one executable.
 *
 *     ./compile.sh examples/my-backup.ts        makes dist/my-backup
 *     dist/my-backup /srv/photos /mnt/vault
 *
 * @module
 */

import { basename, resolve } from "node:path";
import process from "node:process";
import { InterruptedError, pipeline, recipes, watchSignals, withSecrets } from "icecore";
import keepCopy from "./keep_copy.ts";

const [folder, vault] = process.argv.slice(2);
if (folder === undefined || vault === undefined) {
  console.error("my-backup FOLDER VAULT\n\nMakes FOLDER.img here and keeps a copy in VAULT.");
  process.exit(2);
}

const interruption = new AbortController();
const unwatch = watchSignals((signal) => interruption.abort(new InterruptedError(signal)), 130);
try {
  const backup = pipeline(recipes.native)
    .with("pack", { label: "my-backup" })
    .use(keepCopy, { vault: resolve(vault) }, { after: "hash" });
  // Secret options of steps come from the environment, a file or a prompt; here there are none.
  const { image, lossy } = await (await withSecrets(backup)).run({
    sources: [resolve(folder)],
    output: resolve(`${basename(resolve(folder))}.img`),
    signal: interruption.signal,
    emit(event) {
      if (event.type === "step-started") console.error(`${event.step} …`);
      if (event.type === "problem") console.error(event.problem.path, event.problem.reason);
    },
  });
  for (const artifact of image.artifacts) console.log(artifact.kind, artifact.path);
  console.log("sha512", image.digests["sha512"]);
  process.exitCode = lossy ? 3 : 0;
} catch (error) {
  console.error(`my-backup: ${error instanceof Error ? error.message : error}`);
  process.exitCode = error instanceof InterruptedError ? 130 : 1;
} finally {
  unwatch();
}
