import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { HOSTILE_NAMES } from "../../support/images/small_image.ts";
import {
  CHROMIUM,
  inBrowser,
  onPage,
  PHONE,
  requireAccessible,
  until,
} from "../../support/programs/browser.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { whileServedTree } from "../../support/servers/served.ts";
import { file, folder } from "../../support/trees/tree_builder.ts";

const MANY = 30_000;

const numbered = Array.from({ length: MANY }, (_, i) => [`name ${i}.txt`, file()] as const);
const hostile = [...HOSTILE_NAMES, "<img src=x onerror=alert(1)>", "\u202egpj.exe"]
  .map((name) => [name, file(name)] as const);
const tree = folder({
  many: folder(numbered),
  hostile: folder(hostile),
  docs: folder({
    "readme.md": file("# Hello\n<script>alert(1)</script>\n"),
    deep: folder({ "nested.txt": file("nested") }),
  }),
});

/** Names of the long folder with these digits. */
const countWith = (digits: string) => numbered.filter(([name]) => name.includes(digits)).length;

/** What the page asks for at a time, once. */
const WINDOW_ROWS = 200;

/** Scrolls from the top to the end, a step a frame. Says how many rows there were at most. */
const SCROLL_THROUGH = `new Promise((resolve) => {
  const countFrames = 120;
  let [frame, mostRows] = [0, 0];
  const step = () => {
    mostRows = Math.max(mostRows, document.querySelectorAll("#entries > li").length);
    if (frame++ === countFrames) return resolve(mostRows);
    scrollTo(0, document.documentElement.scrollHeight * frame / countFrames);
    requestAnimationFrame(step);
  };
  step();
})`;

const focusedName = (page: Page) =>
  page.evaluate("document.activeElement.querySelector('.name')?.textContent");
const countRows = (page: Page) => page.locator("#entries > li").count();

testWith(CHROMIUM, "a folder's page in the browser", async (t) => {
  await inBrowser(async (browser) => {
    await whileServedTree(tree, async ({ at }) => {
      await t.step(
        "a long folder holds in the page what is in sight, and scrolls to its end",
        async () => {
          await onPage(browser, at("browse/many"), async (page) => {
            await page.locator("html.scripted").waitFor();
            await page.getByText("name 0.txt", { exact: true }).waitFor();
            assert.ok(await countRows(page) < 100);
            await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
            await page.getByText(`name ${MANY - 1}.txt`, { exact: true }).waitFor();
            await page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)");
            await page.locator("#entries > li:not(.waiting) >> nth=10").waitFor();
            assert.ok(await countRows(page) < 100);
          });
        },
      );

      await t.step(
        "while one scrolls through all of it, the page never holds more, and asks for nothing twice",
        async () => {
          await onPage(browser, at("browse/many"), async (page) => {
            await page.locator("html.scripted").waitFor();
            let countAsked = 0;
            page.on("request", () => countAsked++);
            const mostRows = await page.evaluate(SCROLL_THROUGH) as number;
            await page.getByText(`name ${MANY - 1}.txt`, { exact: true }).waitFor();
            assert.ok(mostRows < 100, `${mostRows} rows`);
            assert.ok(countAsked <= MANY / WINDOW_ROWS, `${countAsked} requests`);
          });
        },
      );

      await t.step("the keyboard alone is enough", async () => {
        await onPage(browser, at("browse/"), async (page) => {
          await page.locator("html.scripted").waitFor();
          await page.keyboard.press("ArrowDown");
          await page.keyboard.press("ArrowDown");
          await page.keyboard.press("ArrowDown");
          assert.equal(await focusedName(page), "many");
          const outline = await page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle",
          );
          assert.equal(outline, "solid", "the focus can be seen");
          await page.keyboard.press("Enter");
          await page.waitForURL("**/browse/many");
          await page.locator("html.scripted").waitFor();
          await page.keyboard.press("ArrowDown");
          await page.keyboard.press("End");
          await until(
            page,
            `document.activeElement.querySelector('.name')?.textContent === 'name ${MANY - 1}.txt'`,
          );
          await page.keyboard.press("Home");
          await until(
            page,
            "document.activeElement.querySelector('.name')?.textContent === 'name 0.txt'",
          );
          await page.keyboard.press("PageDown");
          await until(
            page,
            "document.activeElement.querySelector('.name')?.textContent !== 'name 0.txt'",
          );
          await page.keyboard.press("Backspace");
          await page.waitForURL("**/browse/");
        });
      });

      await t.step(
        "a search shows hits as one types, and Escape brings the folder back",
        async () => {
          await onPage(browser, at("browse/"), async (page) => {
            await page.locator("html.scripted").waitFor();
            await page.keyboard.press("/");
            await page.keyboard.type("nested");
            await page.getByText("1 hit.").waitFor();
            assert.equal(await page.locator("#entries .folder bdi").innerText(), "docs/deep");
            await page.keyboard.type(" nothing");
            await page.getByText("Nothing has all of these words in its name.").waitFor();
            await page.keyboard.press("Escape");
            await page.getByText("hostile", { exact: true }).waitFor();
            await page.keyboard.type("name 29");
            await page.getByText(`${countWith("29").toLocaleString("en")} hits.`).waitFor();
            await page.keyboard.press("ArrowDown");
            assert.match(String(await focusedName(page)), /^name .*29/);
          });
        },
      );

      await t.step("names with markup are text, and open their files", async () => {
        await onPage(browser, at("browse/hostile"), async (page) => {
          await page.locator("html.scripted").waitFor();
          assert.equal(await page.locator("#entries > li").count(), HOSTILE_NAMES.length + 2);
          assert.equal(await page.locator("#entries img").count(), 0);
          await page.getByText("<img src=x onerror=alert(1)>").click();
          await page.waitForURL("**/look/**");
          assert.equal(await page.locator("h1").innerText(), "<img src=x onerror=alert(1)>");
        });
      });

      await t.step("without scripts there are pages, searches and downloads", async () => {
        await onPage(browser, at("browse/many"), async (page) => {
          assert.equal(await countRows(page), 200);
          await page.getByRole("link", { name: "Next" }).click();
          await page.getByText("201 to 400").waitFor();
          await page.getByRole("searchbox").fill("name 1234");
          await page.keyboard.press("Enter");
          await page.getByText(`${countWith("1234")} hits.`).waitFor();
          await page.getByText("name 1234.txt").click();
          await page.getByRole("heading", { name: "name 1234.txt" }).waitFor();
          const download = page.waitForEvent("download");
          await page.getByRole("link", { name: "Download" }).click();
          assert.equal((await download).suggestedFilename(), "name 1234.txt");
        }, { javaScriptEnabled: false });
      });

      await t.step(
        "it is readable on a phone, in the dark, and for whoever uses no eyes",
        async () => {
          for (const colorScheme of ["light", "dark"] as const) {
            for (const screen of [{}, PHONE]) {
              for (
                const part of [
                  "browse/",
                  "browse/many",
                  "browse/hostile",
                  "look/docs/readme.md",
                  "browse/missing",
                ]
              ) {
                const isMissing = part === "browse/missing";
                await onPage(browser, at(isMissing ? "browse/" : part), async (page) => {
                  await requireAccessible(page, `${part}, ${colorScheme}`);
                  const [inside, outside] = await page.evaluate(
                    "[document.documentElement.scrollWidth, innerWidth]",
                  ) as number[];
                  assert.ok(inside! <= outside!, `${part}: nothing hangs over the edge`);
                }, { ...screen, colorScheme });
              }
            }
          }
        },
      );

      await t.step("whoever wants no motion sees none", async () => {
        await onPage(browser, at("browse/"), async (page) => {
          const running = await page.evaluate(
            "document.getAnimations().length + [...document.styleSheets[0].cssRules].filter((rule) => rule.animationName).length",
          );
          assert.equal(running, 0);
        }, { reducedMotion: "reduce" });
      });
    });
  });
});
