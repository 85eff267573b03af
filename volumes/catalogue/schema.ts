/**
 * The tables of a catalogue. `docs/catalogue.md` describes them for those who ask with SQL.
 *
 * Folders stand in the order of `path_order.ts`, and files folder by folder, by the bytes of their
 * names: so a path is found by halving, and all below a folder is one run of rows. Neither needs an
 * index, which would take more room than all else.
 * @module
 */

/** "ice1" in the file's header, for `file` and for us. */
export const APPLICATION_ID = 0x69636531;

/** Raised when the tables change; a catalogue of another version is made anew. */
export const CATALOGUE_VERSION = 1;

/** Bytes of a digest that the index of digests holds: more would tell few apart and take room. */
export const INDEXED_DIGEST_BYTES = 6;

/** Makes the tables. */
export const CREATE_TABLES = `
create table volumes(
  id integer primary key,
  name text not null,
  location text not null,
  uuid text not null,
  size_bytes integer not null,
  record_digest text,
  no_digests text
);
create table layers(
  id integer primary key,
  volume integer not null references volumes,
  position integer not null,
  name text not null,
  uuid text not null
);
create table attributes(
  id integer primary key,
  mode integer not null,
  uid integer not null,
  gid integer not null
);
create table folders(
  id integer primary key,
  path blob not null,
  first_file integer not null,
  count_files integer not null,
  layer integer not null references layers,
  attributes integer not null references attributes,
  mtime integer not null,
  mtime_ns integer not null
);
create table places(
  folder integer not null references folders,
  volume integer not null references volumes,
  primary key (folder, volume)
) without rowid;
create table files(
  id integer primary key,
  folder integer not null references folders,
  name blob not null,
  layer integer not null references layers,
  attributes integer not null references attributes,
  size integer not null,
  mtime integer not null,
  mtime_ns integer not null,
  digest blob,
  has_holes integer
);
`;

/** Made when all rows are there. */
export const CREATE_INDEXES = `
create index files_by_digest on files(substr(digest, 1, ${INDEXED_DIGEST_BYTES}))
  where digest is not null;
create view listing as select
  cast(case length(folders.path) when 0 then files.name
    else folders.path || x'2f' || files.name end as text) as path,
  files.size, files.mtime, hex(files.digest) as sha256,
  volumes.name as volume, layers.name as layer
  from files
  join folders on folders.id = files.folder
  join layers on layers.id = files.layer
  join volumes on volumes.id = layers.volume;
`;
