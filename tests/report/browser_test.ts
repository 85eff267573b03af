/**
 * The page in a real browser: by day and by night, on a phone, on paper, by keyboard.
 */

/// <reference lib="dom" />
import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openImage } from "../../image/open_image.ts";
import { imageReport } from "../../report/report_page.ts";
import { repositoryRoot } from "../lint/source_files.ts";
import { planOf, withImage } from "../support/images/write_image.ts";
import { CHROMIUM, inBrowser, requireAccessible } from "../support/programs/browser.ts";
import { requires } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { buildTree, file, folder } from "../support/trees/tree_builder.ts";
import { demoTree } from "./demo_tree.ts";

const { ignore, suffix } = requires(CHROMIUM);

/** Where pictures for the documentation go, where they are asked for: `docs/images`. */
const FOLDER = process.env["ICECORE_PICTURES"];

/** The views that the documentation shows. */
const PICTURE_OF: Readonly<Record<string, string>> = {
  day: "report.png",
  phone: "report-phone.png",
};

/** Pages as they may be looked at. */
const VIEWS: Readonly<Record<string, BrowserContextOptions>> = {
  day: { viewport: { width: 1200, height: 1040 }, colorScheme: "light" },
  night: { viewport: { width: 1200, height: 900 }, colorScheme: "dark" },
  tablet: { viewport: { width: 800, height: 1100 }, colorScheme: "light" },
  phone: { viewport: { width: 390, height: 1000 }, colorScheme: "dark", deviceScaleFactor: 1.5 },
  "small phone": { viewport: { width: 320, height: 568 }, colorScheme: "light" },
};

/** Writes the page about a tree's image, and opens it in a browser. */
async function withPage(
  root: Parameters<typeof buildTree>[0],
  work: (browser: Browser, url: string, folder: string) => Promise<void>,
): Promise<void> {
  const built = buildTree(root);
  const html = await withImage(built, planOf(built), async (path) => {
    await using image = await openImage(path);
    return await imageReport(image, {
      digests: [{
        algorithm: "sha512",
        digest: "0f1e2d3c4b5a6978".repeat(8),
        origin: "as photos.img.sha512 has it; icecore verify compares",
      }],
    });
  });
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, "report.html");
    // The test's images all have the same name; a picture is to have a better one.
    writeFileSync(path, html.replaceAll("<bdi>image</bdi>", "<bdi>photos.img</bdi>"));
    await inBrowser((browser) => work(browser, `file://${path}`, folder));
  });
}

/** Opens the page, and fails on a word in its console and on a request for anything else. */
async function opened(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("console", (message) => assert.fail(`console: ${message.text()}`));
  page.on("pageerror", (error) => assert.fail(`error: ${error.message}`));
  page.on("request", (request) => assert.equal(request.url().replace(/#.*/, ""), url));
  await page.goto(url);
  return page;
}

for (const [name, view] of Object.entries(VIEWS)) {
  Deno.test({
    name: `the report is readable: ${name}${suffix}`,
    ignore,
    fn: () =>
      withPage(demoTree(), async (browser, url) => {
        const page = await opened(browser, url, view);
        const { width, text } = await page.evaluate(() => ({
          width: document.documentElement.scrollWidth,
          text: document.body.innerText,
        }));
        assert.ok(width <= view.viewport!.width, `${width} px in ${view.viewport!.width}`);
        assert.match(text, /What fills it/);
        assert.equal(await page.locator(".treemap svg:visible").count(), 1);
        const letters = await page.evaluate(() =>
          [...document.querySelectorAll(".treemap svg text, .columns text")]
            .filter((text) => text.getBoundingClientRect().width > 0)
            .map((text) => text.getBoundingClientRect().height)
        );
        assert.ok(letters.length > 5 && Math.min(...letters) > 9, "letters can be read");
        const picture = await page.screenshot();
        assert.ok(picture.length > 20_000);
        keep(name, picture);
      }),
  });

  Deno.test({
    name: `axe-core finds nothing: ${name}${suffix}`,
    ignore,
    fn: () =>
      withPage(demoTree(), async (browser, url) => {
        const context = await browser.newContext({ ...view, bypassCSP: true });
        const page = await context.newPage();
        await page.goto(url);
        for (const details of await page.locator("summary").all()) await details.click();
        await requireAccessible(page, name);
      }),
  });
}

Deno.test({
  name: `the keyboard alone is enough, and shows where it is${suffix}`,
  ignore,
  fn: () =>
    withPage(demoTree(), async (browser, url) => {
      const page = await opened(browser, url, VIEWS["day"]);
      const stops: string[] = [];
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press("Tab");
        const stop = await page.evaluate(() => {
          const { activeElement: at } = document;
          if (at === null || at === document.body) return "";
          const { outlineStyle, outlineWidth } = getComputedStyle(at);
          return `${at.tagName} ${outlineStyle} ${outlineWidth}`;
        });
        if (stop === "") break;
        stops.push(stop);
        if (!stop.startsWith("SUMMARY")) continue;
        await page.keyboard.press("Enter");
        assert.ok(
          await page.evaluate(() => document.activeElement!.parentElement!.matches("[open]")),
        );
      }
      assert.ok(stops.some((stop) => stop.startsWith("SUMMARY")), stops.join(", "));
      assert.ok(
        stops.length > 8 && stops.every((stop) => /solid 3px$/.test(stop)),
        stops.join(", "),
      );
    }),
});

Deno.test({
  name: `names are text in the browser as well${suffix}`,
  ignore,
  async fn() {
    const names = [
      "<img src=x onerror=alert(1)>",
      "a\u202egpj.exe",
      "line\nfeed",
      "“quoted” & 'so'",
    ];
    const entries = names.map((name, i) =>
      [name, file(new Uint8Array(40_000 + i).fill(i))] as const
    );
    await withPage(
      folder({ below: folder(entries), "café 日本語": file(new Uint8Array(30_000)) }),
      async (browser, url) => {
        const page = await opened(browser, url, VIEWS["day"]);
        const shown = await page.locator("#largest tbody th bdi").allTextContents();
        assert.deepEqual(shown.sort(), [
          "below/<img src=x onerror=alert(1)>",
          "below/a\\342\\200\\256gpj.exe",
          "below/line\\nfeed",
          "below/“quoted” & 'so'",
          "café 日本語",
        ]);
        assert.equal(await page.locator("img, script").count(), 0);
      },
    );
  },
});

Deno.test({
  name: `nothing moves for those who want it still, and paper is white${suffix}`,
  ignore,
  fn: () =>
    withPage(demoTree(), async (browser, url) => {
      const page = await opened(browser, url, { ...VIEWS["night"], reducedMotion: "reduce" });
      const style = () =>
        page.evaluate(() => ({
          scrolling: getComputedStyle(document.documentElement).scrollBehavior,
          ground: getComputedStyle(document.body).backgroundColor,
        }));
      assert.equal((await style()).scrolling, "auto");
      await page.emulateMedia({ media: "print" });
      assert.equal((await style()).ground, "rgb(255, 255, 255)");
      const paper = await page.pdf({ format: "A4" });
      assert.equal(paper.subarray(0, 5).toString(), "%PDF-");
    }),
});

Deno.test("docs/report.md has its pictures", () => {
  for (const name of Object.values(PICTURE_OF)) {
    assert.ok(existsSync(`${repositoryRoot}/docs/images/${name}`), name);
  }
});

/** Keeps a picture for the documentation, where that is asked for. */
function keep(view: string, bytes: Uint8Array): void {
  const name = PICTURE_OF[view];
  if (FOLDER === undefined || name === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, name), bytes);
}
