/**
 * A folder as a ZIP archive: stored, with ZIP64 where it is needed, and its exact size in front.
 * @module
 */

import { crc32 } from "node:zlib";
import type { ImageReader } from "icecore/read";
import { printable } from "icecore/plugin";
import { Breather } from "../../host/breathe.ts";
import { asBroken, damageOf } from "../../image/content_check.ts";
import { PieceBuffer } from "../../image/tar/piece_buffer.ts";
import { FileCheck } from "../contents/record_lock.ts";
import { streamBody } from "../http/stream_body.ts";
import { Column } from "../tree/column.ts";
import { archiveHeaders, type ArchiveRequest } from "./tar_response.ts";
import { type PlannedMember, planZip, type ZipPlan } from "./zip_plan.ts";
import { dataDescriptor, directoryEntry, endRecords, localHeader } from "./zip_records.ts";

/** Answers with the archive; its members' names begin with the folder's own. @throws BusyError */
export async function zipResponse(wanted: ArchiveRequest): Promise<Response> {
  const { place: { image, path }, name, request, slots } = wanted;
  const { signal } = request;
  const release = await slots.take(signal);
  try {
    const plan = await planZip(image.reader, path, name, signal);
    const headers = archiveHeaders("application/zip", name, ".zip");
    headers.set("content-length", String(plan.sizeBytes));
    if (request.method === "HEAD") {
      release();
      return new Response(null, { headers });
    }
    const pieces = zipPieces(image.reader, plan, signal);
    return new Response(streamBody(pieces, release), { headers });
  } catch (error) {
    release();
    throw error;
  }
}

/** So much of the directory is handed on at a time. */
const DIRECTORY_PIECE_BYTES = 64 << 10;

/** The bytes of the archive, piece by piece: each is the caller's to keep. */
export async function* zipPieces(
  image: ImageReader,
  plan: ZipPlan,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const out = new PieceBuffer();
  const breather = new Breather(signal);
  const directory = new Column(Uint8Array);
  let countMembers = 0;
  const checks = new FileCheck(image);
  for (const member of plan.members()) {
    const offsetBytes = out.countBytes;
    if (out.put(localHeader(member))) yield out.take().slice();
    let checksum = 0;
    if (member.target !== undefined) {
      checksum = crc32(member.target);
      if (out.put(member.target)) yield out.take().slice();
    } else if (member.inode !== undefined && member.sizeBytes > 0) {
      for await (const piece of contentsOf(image, member, out, checks)) {
        checksum = crc32(piece, checksum);
        if (out.advance(piece.length)) yield out.take().slice();
        if (breather.due) await breather.pause();
      }
    }
    if (out.put(dataDescriptor(member, checksum))) yield out.take().slice();
    directory.append(directoryEntry({ ...member, crc32: checksum, offsetBytes }));
    countMembers++;
  }
  const directoryAt = out.countBytes;
  for (let at = 0; at < directory.length; at += DIRECTORY_PIECE_BYTES) {
    const end = Math.min(directory.length, at + DIRECTORY_PIECE_BYTES);
    if (out.put(directory.part(at, end))) yield out.take().slice();
  }
  out.put(endRecords(countMembers, directory.length, directoryAt));
  yield out.take().slice();
}

/** Reads a file into the buffer, and compares all of it with the record. */
async function* contentsOf(
  image: ImageReader,
  { inode, path, sizeBytes }: PlannedMember,
  out: PieceBuffer,
  checks: FileCheck,
): AsyncGenerator<Uint8Array> {
  const file = await image.openFile(inode!);
  const check = await checks.begin(file);
  for (let at = 0; at < sizeBytes;) {
    const space = out.space(sizeBytes - at);
    const reading = file.read(at, space);
    if (reading instanceof Promise) await reading;
    check?.add(space, at);
    at += space.length;
    yield space;
  }
  if (check?.finish() !== false) return;
  const damage = await damageOf(image, printable(path), inode!);
  if (damage !== undefined) image.onBroken?.(asBroken(damage), path);
}
