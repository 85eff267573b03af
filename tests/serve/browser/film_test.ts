import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import type { ImageReader } from "../../../image/image_reader.ts";
import { CHROMIUM, inBrowser, onPage, until } from "../../support/programs/browser.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { whileServed } from "../../support/servers/served.ts";
import { frameOf, writeFilm } from "../../support/trees/film.ts";

const COUNT_SECONDS = 1000;
const GAP_BYTES = 4_000_000;
const [WIDTH, HEIGHT] = [64, 48];
/** How much a browser reads ahead is its own affair, as long as it is not the film. */
const MOST_SHARE = 1 / 8;

/** A frame of one colour, made by the browser. */
async function frame(page: Page, colour: string): Promise<Uint8Array> {
  const url = await page.evaluate(
    `(() => {
      const canvas = Object.assign(document.createElement("canvas"), { width: ${WIDTH}, height: ${HEIGHT} });
      const context = canvas.getContext("2d");
      context.fillStyle = "${colour}";
      context.fillRect(0, 0, ${WIDTH}, ${HEIGHT});
      return canvas.toDataURL("image/webp", 0.8);
    })()`,
  ) as string;
  return frameOf(Buffer.from(url.slice(url.indexOf(",") + 1), "base64"));
}

/** Counts what is read of files from now on. */
function countReads(image: ImageReader): { countBytes: number; farthest: number } {
  const counted = { countBytes: 0, farthest: 0 };
  const open = image.openFile.bind(image);
  image.openFile = async (...args) => {
    const file = await open(...args);
    return {
      stat: file.stat,
      readApart: (offset, into) => file.readApart(offset, into),
      pieces: (options) => file.pieces(options),
      dataRanges: () => file.dataRanges(),
      read: (offset, into) => {
        counted.countBytes += into.length;
        counted.farthest = Math.max(counted.farthest, offset);
        return file.read(offset, into);
      },
    };
  };
  return counted;
}

/** The colour of the middle of what a film shows. */
const COLOUR = `(() => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").drawImage(document.querySelector("video"), 0, 0, 9, 9);
  const [red, , blue] = canvas.getContext("2d").getImageData(4, 4, 1, 1).data;
  return red > 128 ? "red" : blue > 128 ? "blue" : "neither";
})()`;

testWith(CHROMIUM, "a film of 4 GB seeks in the browser without being read whole", async () => {
  await inBrowser(async (browser) => {
    let [red, blue] = [new Uint8Array(), new Uint8Array()] as Uint8Array[];
    await onPage(browser, "about:blank", async (page) => {
      [red, blue] = [await frame(page, "red"), await frame(page, "blue")];
    });
    let sizeBytes = 0;
    const fill = (source: string) => {
      sizeBytes = writeFilm(`${source}/film.webm`, {
        width: WIDTH,
        height: HEIGHT,
        frameAt: (second) => second < COUNT_SECONDS / 2 ? red! : blue!,
        countSeconds: COUNT_SECONDS,
        gapBytes: GAP_BYTES,
      });
    };
    await whileServed(fill, async ({ at, image, problems }) => {
      assert.ok(sizeBytes > 4e9);
      const counted = countReads(image);
      await onPage(browser, at("look/film.webm"), async (page) => {
        await until(page, "document.querySelector('video')?.readyState >= 2");
        assert.equal(await page.evaluate("document.querySelector('video').duration"), 1000);
        for (const [second, colour] of [[900, "blue"], [100, "red"], [990, "blue"]] as const) {
          await page.evaluate(`document.querySelector("video").currentTime = ${second}`);
          const video = "document.querySelector('video')";
          await until(page, `!${video}.seeking && ${video}.readyState >= 2`);
          assert.equal(await page.evaluate(COLOUR), colour, `at second ${second}`);
        }
      });
      assert.ok(counted.farthest > 0.98 * sizeBytes, "the end was asked for");
      const share = counted.countBytes / sizeBytes;
      assert.ok(share < MOST_SHARE, `${counted.countBytes} bytes were read`);
      assert.deepEqual(problems, []);
    });
  });
});
