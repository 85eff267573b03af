/**
 * Random histories of a folder: what icecore reads of the stack, and what it merges of it, against
 * the folder itself. That the kernel shows the same, `layers_property_test.ts` finds out.
 */

import fc from "fast-check";
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { diffWithFolders } from "../../image/diff.ts";
import { extractImage } from "../../image/extract.ts";
import { mergeImage } from "../../image/merge_image.ts";
import { openImage } from "../../image/open_image.ts";
import { verifyImage } from "../../image/verify.ts";
import {
  appearanceOf,
  assertStackShows,
  buildImage,
  STACK,
} from "../support/mounts/mounted_stack.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { arbitraryChange, CHANGES, FolderChanger } from "../support/trees/folder_changer.ts";

/** More with `ICECORE_PROPERTY_RUNS`. */
const numRuns = Math.ceil(Number(Deno.env.get("ICECORE_PROPERTY_RUNS") ?? 60) / 5);

const history = fc.array(
  fc.array(arbitraryChange(CHANGES), { minLength: 1, maxLength: 14 }),
  { minLength: 2, maxLength: 4 },
);

testWith(
  STACK,
  "reader, extract, kernel and source agree on a stack, and merge makes the full image",
  () =>
    fc.assert(
      fc.asyncProperty(history, (layers) =>
        inTemporaryFolder(async (folder) => {
          const source = `${folder}/source`;
          mkdirSync(source);
          const images: string[] = [];
          let isWhole = true;
          using changer = new FolderChanger(source);
          for (const changes of layers) {
            for (const change of changes) changer.make(change);
            const image = `${folder}/${images.length}.img`;
            const base = images[0];
            const { problems } = await buildImage(source, image, { ...base && { base } });
            if (problems.length > 0) isWhole = false;
            images.unshift(image);
          }
          // What a layer cannot hold was named: there is nothing to compare with.
          if (!isWhole) return;
          await using image = await openImage(images[0]!);
          const { countDifferences } = await diffWithFolders(image, [`${source}/.`], {
            onDifference: (difference) => assert.fail(JSON.stringify(difference)),
          });
          assert.equal(countDifferences, 0);
          await extractImage(image, { target: `${folder}/out` });
          assert.deepEqual(appearanceOf(`${folder}/out`), appearanceOf(source));
          await assertStackShows(images, source, folder);
          await verifyImage(images[0]!);
          const { problems } = await buildImage(source, `${folder}/full.img`);
          assert.deepEqual(problems, []);
          await mergeImage(images[0]!, `${folder}/merged.img`);
          const same = readFileSync(`${folder}/merged.img`).equals(
            readFileSync(`${folder}/full.img`),
          );
          assert.ok(same, "merge makes what a full build makes");
        })),
      { numRuns },
    ),
);
