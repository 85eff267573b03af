/**
 * What a camera wrote into a picture, as text.
 * @module
 */

/** A fact and its name. */
export type Fact = readonly [label: string, text: string];

/** What is taken of EXIF. */
export interface PictureFacts {
  readonly facts: readonly Fact[];
  /** How the picture is turned, 1 to 8. */
  readonly orientation: number;
  /** The small JPEG in it; `undefined` where there is none. */
  readonly thumbnail: Uint8Array | undefined;
}

/** Longer texts are not names of cameras. */
const MOST_CHARACTERS = 200;

/** @param head The first bytes of a picture; anything may be wrong with them. */
export async function readExif(head: Uint8Array): Promise<PictureFacts> {
  const loaded = await import("exifr");
  // Of its two forms one runtime takes the first, and one the second.
  const Exifr = loaded.Exifr ?? loaded.default.Exifr;
  const reader = new Exifr({
    ...OFF,
    tiff: true,
    ifd0: {},
    exif: true,
    gps: true,
    ifd1: true,
    mergeOutput: false,
    // Its own words for numbers would be half of what it weighs.
    translateValues: false,
    reviveValues: false,
    sanitize: true,
  });
  try {
    await reader.read(head);
    const tags = (await reader.parse() ?? {}) as Tags;
    const thumbnail = await Promise.resolve(reader.extractThumbnail()).catch(() => undefined);
    return {
      facts: factsOf(tags),
      orientation: numberOf(tags.ifd0?.["Orientation"]) ?? 1,
      thumbnail: thumbnail && new Uint8Array(thumbnail),
    };
  } catch {
    // There is none, or it is broken: a picture without is as good.
    return { facts: [], orientation: 1, thumbnail: undefined };
  }
}

const OFF = { xmp: false, icc: false, iptc: false, jfif: false, ihdr: false, makerNote: false };

type Block = Readonly<Record<string, unknown>>;

interface Tags {
  readonly ifd0?: Block;
  readonly exif?: Block;
  readonly gps?: Block;
}

function factsOf({ ifd0 = {}, exif = {}, gps = {} }: Tags): Fact[] {
  const taken = textOf(exif["DateTimeOriginal"]) ?? textOf(ifd0["ModifyDate"]);
  const camera = [textOf(ifd0["Make"]), textOf(ifd0["Model"])].filter((it) => it !== undefined);
  const exposure = numberOf(exif["ExposureTime"]);
  const facts: (readonly [string, string | undefined])[] = [
    ["Taken", taken?.replace(/^(\d{4}):(\d\d):(\d\d)/, "$1-$2-$3")],
    ["Camera", camera.length === 0 ? undefined : withoutDoubledMake(camera)],
    ["Lens", textOf(exif["LensModel"])],
    ["Exposure", exposure === undefined ? undefined : exposureText(exposure)],
    ["Aperture", withUnit("f/", numberOf(exif["FNumber"]), "")],
    ["Focal length", withUnit("", numberOf(exif["FocalLength"]), " mm")],
    ["ISO", withUnit("", numberOf(exif["ISO"]), "")],
    ["Place", placeOf(gps)],
    ["Description", textOf(ifd0["ImageDescription"])],
    ["Artist", textOf(ifd0["Artist"])],
    ["Copyright", textOf(ifd0["Copyright"])],
  ];
  return facts.filter((fact): fact is Fact => fact[1] !== undefined);
}

/** Many models begin with their maker's name. */
function withoutDoubledMake([make = "", model]: readonly string[]): string {
  if (model === undefined) return make;
  return model.toLowerCase().startsWith(make.toLowerCase()) ? model : `${make} ${model}`;
}

function exposureText(seconds: number): string | undefined {
  if (!(seconds > 0) || seconds > 100_000) return undefined;
  return seconds >= 0.3 ? `${round(seconds)} s` : `1/${Math.round(1 / seconds)} s`;
}

function withUnit(before: string, value: number | undefined, unit: string): string | undefined {
  return value === undefined || !(value > 0) ? undefined : `${before}${round(value)}${unit}`;
}

function placeOf(gps: Block): string | undefined {
  const latitude = degreesOf(gps["GPSLatitude"], gps["GPSLatitudeRef"], "S", 90);
  const longitude = degreesOf(gps["GPSLongitude"], gps["GPSLongitudeRef"], "W", 180);
  if (latitude === undefined || longitude === undefined) return undefined;
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}

function degreesOf(value: unknown, ref: unknown, negative: string, most: number) {
  if (!isList(value) || value.length !== 3) return undefined;
  const [degrees = NaN, minutes = NaN, seconds = NaN] = value.map(Number);
  const angle = (degrees + minutes / 60 + seconds / 3600) * (ref === negative ? -1 : 1);
  return Math.abs(angle) <= most ? angle : undefined;
}

function isList(value: unknown): value is ArrayLike<unknown> & readonly unknown[] {
  return Array.isArray(value);
}

function numberOf(value: unknown): number | undefined {
  const one = isList(value) || ArrayBuffer.isView(value)
    ? (value as unknown as ArrayLike<unknown>)[0]
    : value;
  return typeof one === "number" && Number.isFinite(one) ? one : undefined;
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  // deno-lint-ignore no-control-regex -- a camera fills up with NUL
  const text = value.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  return text === "" ? undefined : text.slice(0, MOST_CHARACTERS);
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
