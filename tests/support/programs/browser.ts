/**
 * Headless Chromium, as Debian has it.
 * @module
 */

import assert from "node:assert/strict";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findProgram, type Requirements } from "./requirements.ts";

/** What starting it needs of the machine. */
export const CHROMIUM: Requirements = { programs: ["chromium"] };

/** A phone held upright. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 780 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

/** Starts the browser for the time of `use`. */
export async function inBrowser(use: (browser: Browser) => Promise<void>): Promise<void> {
  const executablePath = findProgram("chromium")!;
  // Within containers, and as root, it has no sandbox of its own.
  const args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];
  const browser = await chromium.launch({ executablePath, args });
  try {
    await use(browser);
  } finally {
    await browser.close();
  }
}

/** Opens a page for the time of `use`, which must leave no error on the console. */
export async function onPage(
  browser: Browser,
  url: string,
  use: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const errors: string[] = [];
  try {
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
    });
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(url);
    await use(page);
  } finally {
    await context.close();
  }
  assert.deepEqual(errors, [], "nothing is wrong on the console");
}

/** Fails on what makes a page hard to use for some. */
export async function requireAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axe.source);
  const findings = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3)}`);
  });
  assert.deepEqual(findings, [], what);
}

/** Where nothing has come of it by then, nothing will. */
const PATIENCE_MS = 30_000;

/**
 * Waits until an expression holds in a page. `page.waitForFunction` evaluates text within the page,
 * which the pages' own policy refuses.
 */
export async function until(page: Page, expression: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!await page.evaluate(`Boolean(${expression})`)) {
    if (Date.now() > end) throw new Error(`it does not come to this: ${expression}`);
    await page.waitForTimeout(50);
  }
}
