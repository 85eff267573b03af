/**
 * What a file is, by the end of its name: nothing of it is read.
 * @module
 */

/** How a page shows contents. */
export type Shown = "picture" | "audio" | "video" | "text";

/** What is known of contents. */
export interface Media {
  /** The type it is sent with: never one that a browser would run. */
  readonly type: string;
  /** How a page shows it; nothing for what is only downloaded. */
  readonly shows?: Shown;
  /** Of a picture: whether browsers draw it; the others have a preview in them at best. */
  readonly isDrawn?: boolean;
}

const BINARY: Media = { type: "application/octet-stream" };
/** Of HTML, XML and scripts as well: what is sent as plain text runs nowhere. */
const TEXT: Media = { type: "text/plain; charset=utf-8", shows: "text" };

const drawn = (type: string): Media => ({ type, shows: "picture", isDrawn: true });
const undrawn = (type: string): Media => ({ type, shows: "picture", isDrawn: false });
const audio = (type: string): Media => ({ type, shows: "audio" });
const video = (type: string): Media => ({ type, shows: "video" });

const MEDIA: Readonly<Record<string, Media>> = {
  ...each("jpg jpeg jpe jfif", drawn("image/jpeg")),
  ...each("png apng", drawn("image/png")),
  ...each("gif", drawn("image/gif")),
  ...each("webp", drawn("image/webp")),
  ...each("avif", drawn("image/avif")),
  ...each("bmp", drawn("image/bmp")),
  ...each("svg", drawn("image/svg+xml")),
  ...each("heic heif", undrawn("image/heic")),
  ...each("tif tiff", undrawn("image/tiff")),
  ...each(
    "dng cr2 cr3 nef nrw arw srf sr2 orf rw2 pef raf srw 3fr erf kdc mos mrw",
    undrawn(
      "image/x-raw",
    ),
  ),
  ...each("mp3", audio("audio/mpeg")),
  ...each("m4a aac", audio("audio/mp4")),
  ...each("ogg oga opus", audio("audio/ogg")),
  ...each("flac", audio("audio/flac")),
  ...each("wav", audio("audio/wav")),
  ...each("mp4 m4v", video("video/mp4")),
  ...each("mov", video("video/quicktime")),
  ...each("webm", video("video/webm")),
  ...each("ogv", video("video/ogg")),
  ...each("mkv", video("video/x-matroska")),
  ...each("3gp", video("video/3gpp")),
  ...each("pdf", { type: "application/pdf" }),
  ...each("zip", { type: "application/zip" }),
  ...each("gz tgz", { type: "application/gzip" }),
  ...each(
    "txt text md markdown rst log csv tsv json ndjson jsonc yaml yml toml ini cfg conf env " +
      "html htm xhtml xml xsl rss atom js mjs cjs jsx ts tsx css scss less vue svelte " +
      "py rb pl php lua sh bash zsh fish bat ps1 c h cc cpp hpp cs java kt go rs swift zig " +
      "sql r jl hs ml ex exs erl clj scala dart tex bib srt vtt sub ass gpx kml geojson " +
      "patch diff mk cmake gradle properties service desktop sha1 sha256 sha512 md5 eml ics vcf",
    TEXT,
  ),
};

/** What whole names stand for. */
const NAMES: Readonly<Record<string, Media>> = each(
  "readme license licence copying makefile dockerfile changelog authors todo .gitignore " +
    ".gitattributes .editorconfig .profile .bashrc .bash_profile .zshrc .vimrc",
  TEXT,
);

/** What a name says of its contents. */
export function mediaOf(name: Uint8Array): Media {
  const text = asciiOf(name);
  return own(NAMES, text) ?? own(MEDIA, text.slice(text.lastIndexOf(".") + 1)) ?? BINARY;
}

/** Says whether names are those of pictures, as `mediaOf` does: made for folders of many names. */
export class PictureNames {
  /** By the bytes of an extension as one number. */
  readonly #known = new Map<number, boolean>();

  has(name: Uint8Array): boolean {
    let key = 0;
    const first = Math.max(0, name.length - MOST_PACKED);
    for (let i = name.length - 1; i >= first; i--) {
      const byte = name[i]!;
      if (byte === DOT) return this.#known.get(key) ?? this.#learn(key, name);
      key = key * 256 + byte;
    }
    return mediaOf(name).shows === "picture";
  }

  #learn(key: number, name: Uint8Array): boolean {
    const isPicture = mediaOf(name).shows === "picture";
    // Where each name has an extension of its own, nothing is gained.
    if (this.#known.size < MOST_EXTENSIONS) this.#known.set(key, isPicture);
    return isPicture;
  }
}

const DOT = 0x2e;
/** The extension and its dot: so many bytes a number can hold. */
const MOST_PACKED = 6;
const MOST_EXTENSIONS = 4096;

/** What stands behind the last dot, in small letters; of a name without one nothing. */
export function extensionOf(name: Uint8Array): string {
  const text = asciiOf(name);
  const dot = text.lastIndexOf(".");
  return dot <= 0 ? "" : text.slice(dot + 1);
}

/** No name as it is: only what the tables know has to survive. */
function asciiOf(name: Uint8Array): string {
  let text = "";
  for (let i = Math.max(0, name.length - LONGEST); i < name.length; i++) {
    text += String.fromCharCode(name[i]!);
  }
  return text.toLowerCase();
}

const LONGEST = 24;

function each(words: string, media: Media): Record<string, Media> {
  return Object.fromEntries(words.split(" ").map((word) => [word, media]));
}

function own(table: Readonly<Record<string, Media>>, key: string): Media | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
