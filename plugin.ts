/**
 * What a step needs that does more than run one program: payloads and artifacts, files beside the
 * image, hashes, programs. What a step is says `icecore`.
 *
 * @module
 */

export { fileForm } from "./steps/payload/file_form.ts";
export { companionsOf, payloadOf, withArtifact } from "./pipeline/image.ts";
export { formatPartManifest } from "./pipeline/part_manifest.ts";
export { formatDigestLine } from "./pipeline/side_file.ts";
export { startHash } from "./host/digests/hash.ts";

export { createFile } from "./host/files/create_file.ts";
export { openNew, writeNew } from "./host/files/open_new.ts";
export { requireFree } from "./host/files/require_free.ts";
export { shownLocation } from "./host/block_source/location.ts";
export { printable } from "./host/libc/paths.ts";

export { findProgram } from "./host/programs/find_program.ts";
export { runProgram } from "./host/programs/run_program.ts";
export { pipeThroughProgram } from "./host/programs/piped_program.ts";
export { messageOf } from "./pipeline/build_errors.ts";

export { awsStore } from "./host/aws/store.ts";
