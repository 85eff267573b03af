import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { buildImage } from "../../support/mounts/mounted_stack.ts";
import {
  CHROMIUM,
  inBrowser,
  onPage,
  PHONE,
  requireAccessible,
} from "../../support/programs/browser.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { whileServing } from "../../support/servers/served.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

testWith(CHROMIUM, "versions of a file in the browser", async (t) => {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    mkdirSync(source);
    writeFileSync(`${source}/words.txt`, "as it was");
    await buildImage(source, `${folder}/old.img`);
    writeFileSync(`${source}/words.txt`, "as it is now");
    await buildImage(source, `${folder}/new.img`, { base: `${folder}/old.img` });
    await whileServing(`${folder}/new.img`, folder, async ({ at }) => {
      await inBrowser(async (browser) => {
        await t.step("the facts in the light box list them, and lead to each", async () => {
          await onPage(browser, at("browse/"), async (page) => {
            await page.locator("html.scripted").waitFor();
            await page.getByText("words.txt").click();
            await page.locator("#box-stage pre").waitFor();
            await page.keyboard.press("i");
            const versions = page.locator("#box-facts .versions li");
            await versions.first().waitFor();
            const shown = await versions.allInnerTexts();
            assert.equal(shown.length, 2);
            assert.match(shown[0]!, /^new\.img, made .*: 12 B, changed/);
            assert.match(shown[1]!, /^old\.img, made .*: 9 B, changed/);
            await requireAccessible(page, "the light box with versions");
            await page.getByRole("link", { name: "Look at the version in old.img" }).click();
            await page.waitForURL(/look\/words\.txt\?layer=1/);
            assert.equal(await page.locator("pre.look").innerText(), "as it was");
          });
        });
        await t.step("the page of a file lists them on a phone", async () => {
          await onPage(browser, at("look/words.txt?layer=1"), async (page) => {
            await requireAccessible(page, "the page of a version");
            const [saved] = await Promise.all([
              page.waitForEvent("download"),
              page.getByRole("link", { name: "Download the version in old.img" }).click(),
            ]);
            assert.equal(saved.suggestedFilename(), "words.txt");
          }, PHONE);
        });
      });
    });
  });
});
