/**
 * How an image is opened.
 * @module
 */

import type { SourceOptions } from "../../host/block_source/block_source.ts";
import type { OpenOptions } from "../../ext4/reader/open_volume.ts";

/** What becomes of its journal, how much is cached, how servers are asked. */
export interface OpenImageOptions extends OpenOptions, SourceOptions {}
