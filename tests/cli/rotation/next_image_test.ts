import assert from "node:assert/strict";
import { nextImage } from "../../../cli/rotation/next_image.ts";

/** In the middle of a minute, as the names have local time. */
const MOMENT = new Date(2026, 10, 26, 2, 0, 58).getTime();

Deno.test("an image's name is never one that is there, however many are made in one second", () => {
  const there = new Set<string>();
  const names = Array.from({ length: 4 }, () => {
    const { name } = nextImage(
      [],
      { series: "srv", origin: "here" },
      MOMENT,
      1,
      (each) => there.has(each),
    );
    there.add(name);
    return name;
  });
  assert.deepEqual(names, [
    "srv-2026-11-26T0200.img",
    "srv-2026-11-26T020058.img",
    "srv-2026-11-26T020059.img",
    "srv-2026-11-26T020100.img",
  ]);
});
