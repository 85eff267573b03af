/**
 * icecore turns folders into one small, read-only, checksummed ext4 image.
 *
 * A pipeline is a list of steps; `recipes` has the usual ones. Insert your own anywhere:
 *
 * ```ts
 * import { pipeline, recipes, type Step } from "icecore";
 *
 * const upload: Step = {
 *   name: "upload",
 *   summary: "copy the image to the vault",
 *   after: "hash",
 *   async run(image, { $ }) {
 *     await $`scp ${image.path} vault:${image.name}`;
 *   },
 * };
 *
 * const backup = pipeline(recipes.native).use(upload);
 * ```
 *
 * @module
 */

// First: an executable that was started to run a zx script does nothing else.
import "./steps/loading/zx_process.ts";
import { machine } from "./host/machine.ts";
import { Pipeline } from "./pipeline/pipeline.ts";
import type { Recipe } from "./pipeline/step.ts";

/** A pipeline of a recipe's steps, to be run on this machine. */
export function pipeline(recipe: Recipe): Pipeline {
  return Pipeline.of(recipe, machine);
}

export { recipes } from "./steps/recipes.ts";
export { type BuiltinSteps, type LoadOptions, loadStep } from "./steps/loading/load_step.ts";
export { loadRecipe, type RecipeOptions } from "./steps/loading/recipe_file.ts";
export { PluginError } from "./steps/loading/plugin_error.ts";
export { recipeDocument } from "./steps/loading/show_recipe.ts";
export { optionsSchema, recipeSchema } from "./steps/loading/recipe_schema.ts";
export type {
  ListedStep,
  RecipeDocument,
  UsedStep,
  WrittenOptions,
} from "./steps/loading/recipe_document.ts";
export type { Json, JsonObject } from "./steps/loading/located_json.ts";
export { type SecretOptions, withSecrets } from "./steps/loading/secret_options.ts";
export { canLoadModules, provideModule } from "./host/import_module.ts";
export { readExcludeFile } from "./steps/source/exclude_file.ts";
export { compileGlob } from "./steps/source/glob.ts";
export { type Diff, diff, type DiffOptions } from "./steps/image/diff.ts";
export { type Difference, differenceLine, type NodeType } from "./steps/image/diff/difference.ts";
export { type ExportOptions, exportTar } from "./steps/image/export_tar.ts";
export { extract, type Extracted, type ExtractOptions } from "./steps/image/extract.ts";
export type { Loss, LossKind } from "./steps/image/extract/losses.ts";
export {
  type VerifiedContents,
  type VerifiedImage,
  type VerifyFailure,
  verifyImage,
  type VerifyImageOptions,
} from "./steps/image/verify.ts";
export type { DroppedTransactions } from "./ext4/reader/journal/replay.ts";
export { type Mounted, mountImage, type MountOptions } from "./steps/image/mount.ts";
export { unmountImage } from "./steps/image/umount.ts";
export { isJournalError } from "./ext4/reader/journal/log.ts";
export { saysNoImage } from "./steps/image/no_image.ts";
export type { Verified } from "./steps/image/verify/side_file.ts";

export { Pipeline } from "./pipeline/pipeline.ts";
export type { Placement } from "./pipeline/pipeline.ts";
export type { GivenOptions, PlacedStep } from "./pipeline/placed_step.ts";
export type { BuildRequest, BuildResult } from "./pipeline/run.ts";
export type { DryRun, PlannedStep } from "./pipeline/dry_run.ts";
export type {
  ByteStage,
  CheckContext,
  EndContext,
  Fact,
  Failed,
  Outcome,
  PreviewContext,
  Recipe,
  Release,
  ScannedSource,
  Shell,
  Step,
  StepContext,
  StreamStart,
  Succeeded,
  TakeBack,
} from "./pipeline/step.ts";
export { type Artifact, type Image, type Phase, PHASES, type Report } from "./pipeline/image.ts";
export {
  companionsOf,
  type Payload,
  payloadOf,
  withArtifact,
  withProblems,
} from "./pipeline/image.ts";
export { isLoss, type Problem, type ProblemKind } from "./pipeline/problem.ts";
export type {
  BuildFailed,
  BuildFinished,
  BuildStarted,
  CommandRun,
  Event,
  EventSink,
  Message,
  ProblemFound,
  Progress,
  StepEvent,
  StepFinished,
  StepStarted,
} from "./pipeline/events.ts";
export {
  type OptionSchema,
  type OptionsSchema,
  type OptionValue,
  type OptionValues,
  rangeOf,
} from "./pipeline/options.ts";
export { defaultImageName } from "./pipeline/image_name.ts";
export { absoluteSource } from "./pipeline/source_path.ts";
export { attended } from "./pipeline/attended.ts";
export { isStepName } from "./pipeline/step_shape.ts";
export { secretVariable } from "./pipeline/variable_names.ts";
export { type FileDigest, listDigests, type ListDigestsOptions } from "./steps/image/digests.ts";
export type { SampleSize } from "./steps/image/verify/sample.ts";
export type { ImageRecord, RecordVerdict } from "./steps/image/image_record.ts";
export { exactSize, formatSize, parseSize } from "./pipeline/size.ts";
export { didYouMean } from "./pipeline/suggest.ts";
export { type DigestLine, formatDigestLine, parseDigestLine } from "./pipeline/side_file.ts";
export {
  codeOf,
  DamagedFileError,
  InterruptedError,
  messageOf,
  ReleaseError,
  SourceError,
  StepError,
  UsageError,
  VerificationError,
} from "./pipeline/errors.ts";
export type { LoadedShell, Machine, Output, Stamp, Workdir } from "./pipeline/machine.ts";
export type { RunningHash } from "./pipeline/stream_flow.ts";
export { type Hash, startHash } from "./host/hash.ts";

export { ALGORITHMS } from "./host/digest.ts";
export { diagnose, type Diagnosis, type Finding } from "./steps/doctor.ts";
export { createFile } from "./host/create_file.ts";
export { meaningOf } from "./host/libc/errno.ts";
export { counted } from "./pipeline/counted.ts";
export { requireFree } from "./host/require_free.ts";
export { EnvironmentError } from "./host/environment_error.ts";
export { type Released, releaseLeftovers } from "./host/leftovers.ts";
export { findProgram, installHint } from "./host/programs.ts";
export { type ProgramOptions, type ProgramResult, runProgram } from "./host/run_program.ts";
export { ToolError, type ToolErrorOptions } from "./host/tool_error.ts";
export { type PipedProgram, pipeThroughProgram } from "./host/piped_program.ts";
export { openNew, writeNew } from "./host/open_new.ts";
export { fileForm } from "./steps/payload/file_form.ts";
export { type Joined, type JoinOptions, joinParts } from "./steps/payload/join_parts.ts";
export { formatPartManifest, type Part, type PartManifest } from "./pipeline/part_manifest.ts";
export { placeOf } from "./host/error_place.ts";
export { watchSignals } from "./host/signals.ts";
export { type UnplannedEnds, watchUnplanned } from "./host/unplanned_ends.ts";

export type { DeviceNumber, TimeColumn, Tree, TreeEntry, TreeInode, Xattr } from "./ext4/tree.ts";

export { openImage } from "./steps/image/open_image.ts";
export type { ImageReader, OpenImageOptions, ReadRange } from "./steps/image/image_reader.ts";
export type { SourceOptions, Traffic } from "./host/block_source/block_source.ts";
export { isRemote, shownLocation, withShownLocations } from "./host/block_source/location.ts";
export {
  type AwsClientConfig,
  awsClientConfig,
  type AwsPatience,
  type AwsPlace,
  awsStoreUrl,
} from "./host/aws/client_config.ts";
export { type ConnectionFailure, connectionFailure } from "./host/connection_failure.ts";
export { printable } from "./host/libc/paths.ts";
export { CorruptImageError, type ErrorFields, UnsupportedFeatureError } from "./ext4/errors.ts";
export type { InodeNumber } from "./ext4/numbers.ts";
export type { CacheOptions } from "./ext4/reader/block_cache.ts";
export type { BlockSource } from "./ext4/reader/block_source.ts";
export { Entry, WalkedEntry, type WalkedFolder } from "./ext4/reader/entry.ts";
export type { FileReference, FollowOptions } from "./ext4/reader/file_system.ts";
export type { ByteRange, OpenFile, ReadOptions } from "./ext4/reader/open_file.ts";
export type { ImageInfo } from "./ext4/reader/image_info.ts";
export type { OpenOptions } from "./ext4/reader/open_volume.ts";
export { compareBytes } from "./ext4/compare_bytes.ts";
export type { ImagePath } from "./ext4/reader/path.ts";
export { PathError, type PathErrorCode } from "./ext4/reader/path_error.ts";
export {
  leaveOut,
  type LeavingOut,
  type OnBroken,
  type OnUnsupported,
} from "./ext4/reader/leave_out.ts";
export {
  type ContiguousStat,
  type FileKind,
  isEncrypted,
  type Stat,
  type Time,
} from "./ext4/reader/stat.ts";
export type { FolderOfWalk } from "./ext4/reader/walk.ts";
