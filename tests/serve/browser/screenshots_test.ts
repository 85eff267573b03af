/**
 * Takes the pictures of the pages that docs/ shows. With ICECORE_SCREENSHOTS=1 they are put there.
 */

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, statSync } from "node:fs";
import process from "node:process";
import type { BrowserContextOptions, Page } from "playwright-core";
import { repositoryRoot } from "../../lint/source_files.ts";
import { CHROMIUM, inBrowser, onPage, PHONE, until } from "../../support/programs/browser.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { whileServedTree } from "../../support/servers/served.ts";
import { type Landscape, landscapes } from "../../support/trees/landscapes.ts";
import { file, folder, type Node } from "../../support/trees/tree_builder.ts";

const IMAGES = `${repositoryRoot}/docs/images`;
const IN_DOCS = ["serve-grid", "serve-box", "serve-phone"];
const MOST_BYTES = 400_000;
const DESKTOP: BrowserContextOptions = { viewport: { width: 960, height: 600 } };

/** What a family keeps. */
function tree(pictures: readonly Landscape[]): Node {
  const mtime = [1_714_559_400, 0] as const;
  const photos = pictures.map(({ name, jpeg }) => [name, file(jpeg, { mtime })] as const);
  const sized = (sizeBytes: number) => file({ sizeBytes, ranges: [] }, { mtime });
  return folder([
    ["2023", folder([], { mtime })],
    ["2024 Greenland", folder(photos, { mtime })],
    ["Letters", folder([], { mtime })],
    ["packing list.txt", file("tent\nrope\nstove\n", { mtime })],
    ["icefall.mp4", sized(734_003_200)],
    ["wind.flac", sized(24_117_248)],
    ["map of the glacier.pdf", sized(5_452_595)],
    ["thesis.odt", sized(1_204_224)],
    ["latest", {
      kind: "symlink",
      target: new TextEncoder().encode("2024 Greenland"),
      meta: { mtime },
    }],
  ]);
}

const drawn = (page: Page) =>
  until(
    page,
    "[...document.querySelectorAll('.thumb')].length > 5 && " +
      "[...document.querySelectorAll('.thumb')].every((it) => it.complete)",
  );

async function openBox(page: Page): Promise<void> {
  await page.locator("html.scripted").waitFor();
  await drawn(page);
  await page.getByText("IMG_0003.jpg").click();
  await until(page, "document.querySelector('#box-stage img')?.naturalWidth === 1200");
  await page.keyboard.press("i");
}

const SHOTS: readonly {
  readonly name: string;
  readonly part: string;
  readonly screen: BrowserContextOptions;
  readonly ready: (page: Page) => Promise<unknown>;
}[] = [
  { name: "serve-grid", part: "browse/2024%20Greenland", screen: DESKTOP, ready: drawn },
  {
    name: "serve-list",
    part: "browse/",
    screen: DESKTOP,
    ready: (page) => page.locator("html.scripted").waitFor(),
  },
  { name: "serve-box", part: "browse/2024%20Greenland", screen: DESKTOP, ready: openBox },
  {
    name: "serve-grid-dark",
    part: "browse/2024%20Greenland",
    screen: { ...DESKTOP, colorScheme: "dark" },
    ready: drawn,
  },
  {
    name: "serve-phone",
    part: "browse/2024%20Greenland",
    screen: { ...PHONE, deviceScaleFactor: 1, colorScheme: "dark" },
    ready: drawn,
  },
  {
    name: "serve-phone-list",
    part: "browse/",
    screen: { ...PHONE, deviceScaleFactor: 1 },
    ready: (page) => page.locator("html.scripted").waitFor(),
  },
];

testWith(CHROMIUM, "the pictures of the pages in docs/ can be taken", async () => {
  await inBrowser(async (browser) => {
    let pictures: Landscape[] = [];
    await onPage(browser, "about:blank", async (page) => {
      pictures = await landscapes(page, 24);
    });
    await whileServedTree(
      tree(pictures),
      async ({ at, folder: place }) => {
        for (const { name, part, screen, ready } of SHOTS) {
          await onPage(browser, at(part), async (page) => {
            await ready(page);
            const path = `${place}/${name}.png`;
            await page.screenshot({ path, animations: "disabled" });
            const { size } = statSync(path);
            assert.ok(size < MOST_BYTES, `${name}: ${size} bytes`);
            const isShown = IN_DOCS.includes(name);
            if (process.env["ICECORE_SCREENSHOTS"] !== "1" || !isShown) return;
            mkdirSync(IMAGES, { recursive: true });
            copyFileSync(path, `${IMAGES}/${name}.png`);
          }, screen);
        }
      },
      {},
      "family.img",
    );
  });
});
