/**
 * What kind of file a name stands for, by its ending: nothing is opened to find out.
 * @module
 */

/** The kinds, in the order in which they are drawn; the last is whatever has no other. */
export const FILE_KINDS = [
  "pictures",
  "video",
  "audio",
  "documents",
  "archives",
  "text and code",
  "data and programs",
  "other",
] as const;

/** One of them, by its place in {@linkcode FILE_KINDS}. */
export type FileKind = number & { readonly brand: "FileKind" };

/** What no ending is known for. */
export const OTHER = FILE_KINDS.length - 1 as FileKind;

const ENDINGS: readonly string[] = [
  // pictures
  "3fr arw avif bmp cr2 cr3 crw dcr dng eps erf exr fff gif hdr heic heif hif icns ico iiq j2k jp2 " +
  "jpe jpeg jpg jxl k25 kdc mef mos mrw nef nrw orf pef png ppm psb psd qoi raf raw rw2 rwl sr2 " +
  "srf srw svg tga tif tiff webp x3f xcf xmp",
  // video
  "3g2 3gp asf avi f4v flv insv lrv m2ts m2v m4v mjpeg mkv mod mov mp4 mpe mpeg mpg mts mxf ogv " +
  "rm rmvb tod ts vob webm wmv",
  // audio
  "aac ac3 aif aiff alac amr ape au caf dsf dts flac m4a m4b mid midi mka mp2 mp3 oga ogg opus ra " +
  "wav weba wma wv",
  // documents
  "azw azw3 chm djvu doc docm docx dot dotx epub fodt key mobi msg numbers odg odp ods odt pages " +
  "pdf pot pps ppsx ppt pptm pptx ps rtf vsd vsdx wpd xls xlsb xlsm xlsx",
  // archives
  "7z age apk ar arj br bz2 cab cpio crx deb dmg ear gpg gz img iso jar lha lrz lz lz4 lzh lzma " +
  "lzo qcow2 rar rpm squashfs tar tbz2 tgz txz vdi vhd vhdx vmdk war whl xz z zip zst zstd",
  // text and code
  "asc astro bash bat bib c cc cfg clj cmake conf cpp cs css csv cxx dart diff el erl ex exs fs go " +
  "gradle h hpp hs htm html hxx ics ini ipynb java jl js json jsonl jsx kt less lisp log lua m md " +
  "mdx mjs ml nfo nix org patch php pl pm po properties proto ps1 py r rb rs rst sass scala scss " +
  "sh sql srt sub svelte swift tex toml tsv tsx txt vb vcf vtt vue xhtml xml yaml yml zig",
  // data and programs
  "accdb bin blend bson dat data db db3 dbf dll dump dylib elf exe fit fits gguf gpx h5 hdf5 ibd " +
  "idx kdbx kml la lib mat mbtiles mdb mdf nc npy npz o onnx orc otf parquet pack pcap pdb pickle " +
  "pkl pt pth pyc rdb realm rlib safetensors shp so sqlite sqlite3 stl swp tflite ttc ttf wasm " +
  "wim woff woff2",
];

const KIND_OF: ReadonlyMap<string, FileKind> = new Map(
  ENDINGS.flatMap((line, kind) => line.split(" ").map((ending) => [ending, kind as FileKind])),
);

/** The kind that an ending stands for. */
export function kindOfEnding(ending: string): FileKind {
  return KIND_OF.get(ending) ?? OTHER;
}

const DOT = 0x2e;
const LONGEST_ENDING = 11;

/**
 * The ending of a name in lower case, without its dot; empty where it has none, or none that says
 * anything: one that is long, or not of ASCII letters and digits.
 */
export function endingOf(name: Uint8Array): string {
  const dot = name.lastIndexOf(DOT);
  const length = name.length - dot - 1;
  if (dot <= 0 || length < 1 || length > LONGEST_ENDING) return "";
  let ending = "";
  for (let i = dot + 1; i < name.length; i++) {
    const byte = name[i]!;
    const isUpper = byte >= 0x41 && byte <= 0x5a;
    const isPlain = isUpper || (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39);
    if (!isPlain) return "";
    ending += String.fromCharCode(isUpper ? byte + 0x20 : byte);
  }
  return ending;
}
