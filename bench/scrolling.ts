/**
 * How smoothly a folder of 100,000 names scrolls in headless Chromium, and how fast its first rows and
 * the first hits of a search are drawn.
 *
 *     deno run -A --no-check --config tests/deno.json bench/scrolling.ts [dist/icecore]
 * @module
 */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import process from "node:process";
import { chromium, type Page } from "playwright-core";
import { generate } from "./data.ts";
import { markdownTable } from "./table.ts";

const COUNT_FRAMES = 600;
const program = process.argv[2] ?? "dist/icecore";
const folder = mkdtempSync("/dev/shm/icecore-scrolling-");
try {
  generate("flat", `${folder}/source/flat`);
  const image = `${folder}/flat.img`;
  spawnSync(program, ["build", `${folder}/source/.`, "-o", image, "-q"]);
  const server = spawn(program, ["serve", image, "-q"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = await once(server.stdout, "data") as [Uint8Array];
    console.log(await measure(new TextDecoder().decode(line).trim()));
  } finally {
    server.kill("SIGINT");
    await once(server, "close");
  }
} finally {
  rmSync(folder, { recursive: true });
}

async function measure(url: string): Promise<string> {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const rows: string[][] = [];
    const add = (what: string, goal: string, measured: string) => rows.push([what, goal, measured]);
    const timed = async (what: string, goal: string, work: () => Promise<unknown>) => {
      const begin = performance.now();
      await work();
      add(what, goal, `${Math.round(performance.now() - begin)} ms`);
    };
    await timed("first page, drawn", "300 ms", () => page.goto(`${url}browse/`));
    await timed("folder of 100,000 names, first rows drawn", "1 s", async () => {
      await page.goto(`${url}browse/flat`);
      await page.locator("html.scripted").waitFor();
      await page.locator("#entries > li:not(.waiting) >> nth=10").waitFor();
    });
    await scroll(page, add);
    await page.keyboard.press("/");
    await page.waitForTimeout(1500);
    await timed("search once names are known, first hit drawn", "200 ms", async () => {
      await page.keyboard.type("9999");
      await page.getByText(/hits?\./).waitFor();
    });
    return markdownTable(["what", "goal", "measured"], rows);
  } finally {
    await browser.close();
  }
}

/** Ten rows a frame first, then through the whole folder. */
async function scroll(
  page: Page,
  add: (what: string, goal: string, measured: string) => void,
): Promise<void> {
  const scrolling = (pixelsOf: string) =>
    page.evaluate(`new Promise((resolve) => {
      const tasks = [];
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map((it) => it.duration)))
        .observe({ type: "longtask" });
      const deltas = [];
      let [frame, last, mostRows] = [0, performance.now(), 0];
      const height = document.documentElement.scrollHeight;
      scrollTo(0, 0);
      const step = (now) => {
        deltas.push(now - last);
        last = now;
        mostRows = Math.max(mostRows, document.querySelectorAll("#entries > li").length);
        if (frame++ < ${COUNT_FRAMES}) {
          scrollTo(0, ${pixelsOf});
          requestAnimationFrame(step);
        } else setTimeout(() => resolve({ deltas: deltas.slice(1), tasks, mostRows }), 300);
      };
      requestAnimationFrame(step);
    })`) as Promise<{ deltas: number[]; tasks: number[]; mostRows: number }>;
  for (
    const [what, pixelsOf] of [
      ["ten rows a frame", "frame * 440"],
      ["from the first row to the last", `height * frame / ${COUNT_FRAMES}`],
    ] as const
  ) {
    const { deltas, tasks, mostRows } = await scrolling(pixelsOf);
    deltas.sort((a, b) => a - b);
    const at = (share: number) =>
      `${deltas[Math.floor(share * (deltas.length - 1))]!.toFixed(1)} ms`;
    add(
      `scrolling, ${what}: a frame takes (median; 95 %; 99 %)`,
      "16.7 ms",
      [0.5, 0.95, 0.99].map(at).join("; "),
    );
    add(
      "… tasks of more than 50 ms; rows in the page at most",
      "0; 100",
      `${tasks.length}; ${mostRows}`,
    );
  }
}
