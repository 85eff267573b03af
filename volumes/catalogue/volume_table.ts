/**
 * What a catalogue says of its volumes, read whole: there are few.
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { damagedCatalogue } from "./damaged.ts";

/** A volume of a catalogue. */
export interface CataloguedVolume {
  readonly id: number;
  /** The name of its file. */
  readonly name: string;
  /** A URL, or a path from the catalogue's folder. */
  readonly location: string;
  readonly uuid: string;
  readonly sizeBytes: number;
  /** SHA-256 of its record, in hex. */
  readonly recordDigest: string | undefined;
  /** Why its files have no digests. */
  readonly noDigests: string | undefined;
}

/** One of the images that a volume is read from. */
export interface CataloguedLayer {
  readonly volume: CataloguedVolume;
  /** 0 for the topmost. */
  readonly position: number;
  readonly name: string;
  readonly uuid: string;
}

/** What many files have in common. */
export interface CataloguedAttributes {
  /** Type and permissions. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The small tables. */
export class VolumeTable {
  readonly volumes: ReadonlyMap<number, CataloguedVolume>;
  readonly layers: ReadonlyMap<number, CataloguedLayer>;
  readonly attributes: ReadonlyMap<number, CataloguedAttributes>;

  /** Reads them. */
  constructor(database: DatabaseSync) {
    const all = <Row>(table: string) =>
      database.prepare(`select * from ${table} order by id`).all() as unknown as Row[];
    const volumes = all<VolumeRow>("volumes").map((row): CataloguedVolume => ({
      id: row.id,
      name: row.name,
      location: row.location,
      uuid: row.uuid,
      sizeBytes: row.size_bytes,
      recordDigest: row.record_digest ?? undefined,
      noDigests: row.no_digests ?? undefined,
    }));
    this.volumes = new Map(volumes.map((volume) => [volume.id, volume]));
    this.layers = new Map(
      all<LayerRow>("layers").map(({ id, volume: which, position, name, uuid }) => {
        const volume = this.volumes.get(which);
        if (volume === undefined) throw damagedCatalogue("a layer in it is of no volume");
        return [id, { volume, position, name, uuid }];
      }),
    );
    this.attributes = new Map(
      all<{ id: number } & CataloguedAttributes>("attributes").map((row) => [row.id, row]),
    );
  }
}

interface VolumeRow {
  readonly id: number;
  readonly name: string;
  readonly location: string;
  readonly uuid: string;
  readonly size_bytes: number;
  readonly record_digest: string | null;
  readonly no_digests: string | null;
}

interface LayerRow {
  readonly id: number;
  readonly volume: number;
  readonly position: number;
  readonly name: string;
  readonly uuid: string;
}
