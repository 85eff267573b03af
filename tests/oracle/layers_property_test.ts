import fc from "fast-check";
import { mkdirSync } from "node:fs";
import { assertStackShows, buildImage, STACK } from "../support/mounts/mounted_stack.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import {
  arbitraryChange,
  CHANGES,
  FolderChanger,
  HIDDEN_CHANGES,
} from "../support/trees/folder_changer.ts";

/** More with `ICECORE_PROPERTY_RUNS`. */
const numRuns = Math.ceil(Number(Deno.env.get("ICECORE_PROPERTY_RUNS") ?? 60) / 5);

/** What can be hidden from times, and what cannot. */
const modes = [
  { kinds: CHANGES, build: {} },
  { kinds: [...CHANGES, ...HIDDEN_CHANGES], build: { times: "all" } },
  { kinds: [...CHANGES, ...HIDDEN_CHANGES], build: { unchangedBy: "content" } },
] as const;

for (const { kinds, build } of modes) {
  const rounds = fc.array(fc.array(arbitraryChange(kinds), { maxLength: 25 }), {
    minLength: 2,
    maxLength: 4,
  });
  testWith(
    STACK,
    `${numRuns} random histories are mounted as they ended, with ${JSON.stringify(build)}`,
    () =>
      fc.assert(
        fc.asyncProperty(rounds, async (history) => {
          await inTemporaryFolder(async (folder) => {
            const source = `${folder}/source`;
            mkdirSync(source);
            using changer = new FolderChanger(source);
            const images: string[] = [];
            for (const changes of history) {
              for (const change of changes) changer.make(change);
              const [base] = images;
              const image = `${folder}/${images.length}.img`;
              await buildImage(source, image, {
                ...build,
                ...(base === undefined ? {} : { base }),
              });
              images.unshift(image);
              await assertStackShows(images, source, folder, { ctime: "times" in build });
            }
          });
        }),
        { numRuns },
      ),
  );
}
