/**
 * Photographs for tests: landscapes that a browser draws, each another one, with what a camera
 * writes into a picture.
 * @module
 */

import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { withExif } from "./exif_jpeg.ts";

/** One photograph. */
export interface Landscape {
  readonly name: string;
  readonly jpeg: Uint8Array;
}

/** Draws so many, each with a preview of its own. */
export async function landscapes(page: Page, count: number): Promise<Landscape[]> {
  const drawn: Landscape[] = [];
  for (let i = 0; i < count; i++) {
    const [large, small] = await Promise.all([
      page.evaluate(draw, { seed: i + 1, width: 1200, height: 800 }),
      page.evaluate(draw, { seed: i + 1, width: 240, height: 160 }),
    ]);
    const two = (value: number) => String(value).padStart(2, "0");
    const jpeg = withExif(new Uint8Array(Buffer.from(large, "base64")), {
      make: "Glacier",
      model: "Glacier G7",
      taken: `2024:05:${two(1 + i % 28)} ${two(6 + i % 12)}:${two(i * 7 % 60)}:00`,
      thumbnail: new Uint8Array(Buffer.from(small, "base64")),
    });
    drawn.push({ name: `IMG_${String(i + 1).padStart(4, "0")}.jpg`, jpeg });
  }
  return drawn;
}

/** Runs in the browser: sky, sun, ridges of mountains, and a lake. */
function draw({ seed, width, height }: { seed: number; width: number; height: number }): string {
  // deno-lint-ignore no-explicit-any -- what runs in a browser has no types here
  const canvas = (globalThis as any).document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  let state = Math.imul(seed, 2654435761) >>> 0;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296;
  for (let i = 0; i < 9; i++) random();
  const hue = 170 + Math.floor(random() * 90);
  const sky = context.createLinearGradient(0, 0, 0, height);
  sky.addColorStop(0, `hsl(${hue} 55% 38%)`);
  sky.addColorStop(0.7, `hsl(${(hue + 150 + 60 * random()) % 360} 75% 80%)`);
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);
  const [sunX, sunY] = [width * (0.2 + 0.6 * random()), height * (0.15 + 0.25 * random())];
  context.fillStyle = "hsl(45 100% 92%)";
  context.beginPath();
  context.arc(sunX, sunY, width * 0.035, 0, 7);
  context.fill();
  for (let ridge = 0; ridge < 4; ridge++) {
    const base = height * (0.45 + 0.12 * ridge);
    const [a, b, c] = [random() * 7, random() * 7, 2 + random() * 4];
    context.fillStyle = `hsl(${hue + 25} ${22 + ridge * 7}% ${66 - ridge * 15}%)`;
    context.beginPath();
    context.moveTo(0, height);
    for (let step = 0; step <= 120; step++) {
      const x = step / 120;
      const y = Math.sin(a + x * c * 3) * 0.06 + Math.sin(b + x * 17) * 0.02 +
        Math.abs(Math.sin(a + x * 9)) * 0.05;
      context.lineTo(x * width, base - y * height * (1.4 - ridge * 0.25));
    }
    context.lineTo(width, height);
    context.fill();
  }
  return canvas.toDataURL("image/jpeg", 0.85).split(",")[1];
}
