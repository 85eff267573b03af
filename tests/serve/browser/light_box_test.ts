import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { Buffer } from "node:buffer";
import type { Browser, Page } from "playwright-core";
import {
  CHROMIUM,
  inBrowser,
  onPage,
  PHONE,
  requireAccessible,
  until,
} from "../../support/programs/browser.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { whileServed } from "../../support/servers/served.ts";
import { type Landscape, landscapes } from "../../support/trees/landscapes.ts";

/** Half a second of silence. */
function wavOf(countSamples: number): Uint8Array {
  const bytes = Buffer.alloc(44 + countSamples);
  bytes.write("RIFF");
  bytes.writeUInt32LE(36 + countSamples, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(8000, 24);
  bytes.writeUInt32LE(8000, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(countSamples, 40);
  bytes.fill(128, 44);
  return new Uint8Array(bytes);
}

const fill = (pictures: readonly Landscape[]) => (source: string) => {
  mkdirSync(`${source}/album/inner`, { recursive: true });
  for (const { name, jpeg } of pictures) writeFileSync(`${source}/album/${name}`, jpeg);
  writeFileSync(`${source}/album/data.bin`, "cannot be shown");
  writeFileSync(`${source}/album/sound.wav`, wavOf(4000));
  writeFileSync(`${source}/album/words.txt`, "<script>alert(1)</script> words");
  writeFileSync(`${source}/album/empty.txt`, "");
  writeFileSync(
    `${source}/album/drawing.svg`,
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="document.title='owned'"><script>document.title='owned'</script><circle r="4" cx="4" cy="4"/></svg>`,
  );
};

async function withAlbum(use: (browser: Browser, at: (part: string) => string) => Promise<void>) {
  await inBrowser(async (browser) => {
    let pictures: Landscape[] = [];
    await onPage(browser, "about:blank", async (page) => {
      pictures = await landscapes(page, 5);
    });
    await whileServed(fill(pictures), ({ at }) => use(browser, at));
  });
}

const name = (page: Page) => page.locator("#box-name").innerText();
const shows = (page: Page, text: string) =>
  until(page, `document.getElementById("box-name").textContent === ${JSON.stringify(text)}`);

testWith(CHROMIUM, "the light box in the browser", async (t) => {
  await withAlbum(async (browser, at) => {
    await t.step("a folder of photographs is a grid of the previews in them", async () => {
      await onPage(browser, at("browse/album"), async (page) => {
        await page.locator("html.scripted").waitFor();
        assert.equal(await page.locator("#entries").getAttribute("class"), "grid virtual");
        await until(
          page,
          "[...document.querySelectorAll('.thumb')].filter((it) => it.naturalWidth === 240).length === 5",
        );
      });
    });

    await t.step("the keyboard goes from one to the next, past what cannot be shown", async () => {
      await onPage(browser, at("browse/album?view=list&sort=name"), async (page) => {
        await page.locator("html.scripted").waitFor();
        await page.getByText("drawing.svg").click();
        await shows(page, "drawing.svg");
        await page.locator("#box-stage img[alt='drawing.svg']").waitFor();
        await page.keyboard.press("ArrowRight");
        await shows(page, "empty.txt");
        await page.keyboard.press("ArrowRight");
        await shows(page, "IMG_0001.jpg");
        await until(page, "document.querySelector('#box-stage img')?.naturalWidth === 1200");
        await requireAccessible(page, "the light box");
        await page.keyboard.press("i");
        await page.getByText("Glacier G7").waitFor();
        await requireAccessible(page, "the light box with facts");
        for (let i = 2; i <= 5; i++) {
          await page.keyboard.press("ArrowRight");
          await shows(page, `IMG_000${i}.jpg`);
        }
        await page.keyboard.press("ArrowRight");
        await shows(page, "sound.wav");
        await until(page, "document.querySelector('#box-stage audio')?.duration === 0.5");
        await page.keyboard.press("ArrowRight");
        await shows(page, "words.txt");
        assert.equal(
          await page.locator("#box-stage pre").innerText(),
          "<script>alert(1)</script> words",
        );
        await page.keyboard.press("ArrowRight");
        assert.equal(await name(page), "words.txt", "behind the last there is none");
        await page.keyboard.press("ArrowLeft");
        await shows(page, "sound.wav");
        await page.keyboard.press("Escape");
        await until(page, "!document.getElementById('box').open");
        await until(
          page,
          "document.activeElement.querySelector('.name')?.textContent === 'sound.wav'",
        );
        assert.notEqual(await page.title(), "owned");
      });
    });

    await t.step("a finger swipes, and the button that goes back closes", async () => {
      await onPage(browser, at("browse/album?sort=name"), async (page) => {
        await page.locator("html.scripted").waitFor();
        await page.getByText("IMG_0001.jpg").click();
        await shows(page, "IMG_0001.jpg");
        await swipe(page, 300, 60);
        await shows(page, "IMG_0002.jpg");
        await swipe(page, 60, 300);
        await shows(page, "IMG_0001.jpg");
        await page.goBack();
        await until(page, "!document.getElementById('box').open");
        assert.match(page.url(), /browse\/album/);
      }, PHONE);
    });

    await t.step("a drawing opened alone runs no script", async () => {
      await onPage(browser, at("raw/album/words.txt"), async (page) => {
        await page.goto(at("raw/album/drawing.svg"));
        await page.waitForTimeout(200);
        assert.notEqual(await page.title(), "owned");
      }).catch((error: Error) => {
        // That a script was refused is said on the console.
        if (!/sandboxed|Content Security Policy/.test(error.message)) throw error;
      });
    });
  });
});

async function swipe(page: Page, from: number, to: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const point = (x: number) => [{ x, y: 400 }];
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: point(from) });
  for (let step = 1; step <= 4; step++) {
    const x = from + (to - from) * step / 4;
    await session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: point(x) });
  }
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}
