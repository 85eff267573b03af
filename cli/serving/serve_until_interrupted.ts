/**
 * Serves images until Ctrl-C.
 * @module
 */

import { shownLocation } from "../../host/block_source/location.ts";
import { runProgram } from "../../host/programs/run_program.ts";
import { CorruptImageError } from "../../ext4/image_errors.ts";
import type { ImageReader, OpenImageOptions } from "../../image/image_reader.ts";
import { saysNoImage } from "../../image/no_image.ts";
import { messageOf, UsageError } from "../../pipeline/build_errors.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { isLoopback, isWildcard } from "../../serve/access/hosts.ts";
import { serveImages } from "../../serve/serve_images.ts";
import type { NamedImage } from "../../serve/tree/shelf.ts";
import { decryptionOptions } from "../arguments/identities.ts";
import { serverOptions } from "../arguments/servers.ts";
import { stackOptions } from "../arguments/stacks.ts";
import { withinOptions } from "../arguments/within.ts";
import { EXIT } from "../exit_codes.ts";
import { interruptible } from "../interruptible.ts";
import { note, print, printJson } from "../output/output.ts";
import { BrokenPlaces } from "./broken_places.ts";
import { networkUrls } from "./network_urls.ts";
import { readPassword } from "./password_file.ts";
import type { ServeValues } from "./serve_values.ts";
import { type ServedPlace, servedPlaces } from "./served_places.ts";

const LOOPBACK = "127.0.0.1";

/** @returns The exit code. @throws UsageError; what opening an image throws */
export async function serveUntilInterrupted(values: ServeValues): Promise<number> {
  const { host = LOOPBACK, passwordFile } = values;
  if (passwordFile === undefined && !isLoopback(host)) {
    throw new UsageError(
      `cannot serve at ${host} without a password: everybody who reaches this machine could read ` +
        "the images. Put one into a file and name it with --password-file, or leave --host out.",
      "no-password",
    );
  }
  const password = passwordFile === undefined ? undefined : readPassword(passwordFile);
  const broken = new BrokenPlaces();
  await using opened = await openAll(values, broken);
  await using server = await serveImages(opened.images, {
    host,
    ...values.port === undefined ? {} : { port: values.port },
    ...password === undefined ? {} : { password },
    hostNames: values.hostNames,
    onProblem: (problem) => broken.say(problem),
  });
  await interruptible(async (signal) => {
    sayWhere(values, host, server, opened.images.length);
    if (values.open === true) openBrowser(server.url);
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }, () => {});
  return EXIT.done;
}

interface OpenedImages extends AsyncDisposable {
  readonly images: readonly NamedImage[];
}

async function openAll(values: ServeValues, broken: BrokenPlaces): Promise<OpenedImages> {
  const images: NamedImage[] = [];
  const readers: ImageReader[] = [];
  const unwrapping = {
    ...decryptionOptions(values),
    ...withinOptions(values),
    ...stackOptions(values),
  };
  const open = async (place: ServedPlace, listeners: OpenImageOptions) => {
    const reader = await place.open({
      journal: values.ignoreJournal === true ? "ignore" : "replay",
      ...listeners,
      ...unwrapping,
      ...serverOptions(values),
    });
    readers.push(reader);
    return reader;
  };
  const close = async () => {
    for (const reader of readers) await reader.close();
  };
  const { onUnsupported } = broken.listeners;
  try {
    for (const place of await servedPlaces(values.images)) {
      const salvage = () => open(place, broken.listeners);
      const reader = await open(place, { onUnsupported }).catch((error) => {
        if (error instanceof CorruptImageError && !saysNoImage(error)) return salvage();
        throw error;
      });
      images.push({ name: place.name, reader, salvage });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { images, [Symbol.asyncDispose]: close };
}

/** The address on stdout, for whoever started it; the rest is for people. */
function sayWhere(
  { images, json, quiet }: ServeValues,
  host: string,
  { url, port }: { readonly url: string; readonly port: number },
  countImages: number,
): void {
  const network = isWildcard(host) ? networkUrls(port) : [];
  if (json === true) {
    printJson({ type: "serving", url, network, images: images.map(shownLocation) });
    return;
  }
  print(url);
  if (quiet === true) return;
  for (const address of network) note(`icecore: on the network: ${address}`);
  note(`icecore: serving ${counted(countImages, "image")}; Ctrl-C ends it`);
}

function openBrowser(url: string): void {
  runProgram(["xdg-open", url]).catch((error) =>
    note(`icecore: cannot open the browser: ${messageOf(error)} Open the address yourself.`)
  );
}
