/**
 * On-disk structs, each declared once as a table of named fields with offsets.
 *
 * Size, decoder and encoder come from the table; a field that overlaps another or overruns the
 * struct is caught when the struct is declared. Decoding gives the raw fields under the kernel's
 * names and judges nothing. Everything is little-endian, as all of ext4 is.
 *
 * Hot loops (inode tables) take the offsets from {@link Struct.offsets} and use a `DataView`.
 * @module
 */

/** One field of a struct: where it lies and how it is read and written. */
export interface Field<T> {
  readonly offset: number;
  readonly sizeBytes: number;
  read(view: DataView, at: number): T;
  write(view: DataView, at: number, value: T): void;
}

/** The fields of a struct by their kernel names. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The decoded form of a table of fields. */
export type Raw<F extends Fields> = {
  -readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

/** What a declared struct can do. */
export interface Struct<F extends Fields> {
  /** The kernel's name, e.g. `ext4_inode`. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly fields: F;
  /** The offset of each field, for hot loops. */
  readonly offsets: { readonly [K in keyof F]: number };
  /**
   * Reads all fields.
   * @throws RangeError when fewer than `sizeBytes` bytes lie at `at`
   */
  decode(bytes: Uint8Array, at?: number): Raw<F>;
  /**
   * Writes the fields given and leaves all other bytes as they are.
   * @throws RangeError when a value does not fit its field, or the struct does not fit `bytes`
   */
  encodeInto(bytes: Uint8Array, at: number, values: Partial<Raw<F>>): void;
  /** A new buffer with the fields given; all others are zero. */
  encode(values: Partial<Raw<F>>): Uint8Array;
}

/** The decoded form of a declared struct. */
export type RawOf<S> = S extends Struct<infer F> ? Raw<F> : never;

/**
 * Declares a struct.
 * @param name the kernel's name
 * @param sizeBytes its size; gaps between fields are reserved bytes
 * @throws RangeError when fields overlap or overrun `sizeBytes`
 */
export function struct<F extends Fields>(name: string, sizeBytes: number, fields: F): Struct<F> {
  const entries = Object.entries(fields);
  checkFields(name, sizeBytes, entries);
  const offsets = Object.fromEntries(entries.map(([key, field]) => [key, field.offset]));

  function viewOf(bytes: Uint8Array, at: number): DataView {
    if (at < 0 || at + sizeBytes > bytes.length) {
      throw new RangeError(
        `cannot place ${name} at ${at}: it takes ${sizeBytes} bytes and ${bytes.length} are there.`,
      );
    }
    return new DataView(bytes.buffer, bytes.byteOffset + at, sizeBytes);
  }

  function encodeInto(bytes: Uint8Array, at: number, values: Partial<Raw<F>>): void {
    const view = viewOf(bytes, at);
    for (const [key, value] of Object.entries(values)) {
      const field = fields[key];
      if (field === undefined) throw new RangeError(`cannot write ${name}.${key}: no such field.`);
      field.write(view, field.offset, value);
    }
  }

  return {
    name,
    sizeBytes,
    fields,
    offsets: offsets as { readonly [K in keyof F]: number },
    encodeInto,
    decode(bytes, at = 0) {
      const view = viewOf(bytes, at);
      const raw: Record<string, unknown> = {};
      for (const [key, field] of entries) raw[key] = field.read(view, field.offset);
      return raw as Raw<F>;
    },
    encode(values) {
      const bytes = new Uint8Array(sizeBytes);
      encodeInto(bytes, 0, values);
      return bytes;
    },
  };
}

/** 8 bits, 0 to 255. */
export function u8(offset: number): Field<number> {
  return {
    offset,
    sizeBytes: 1,
    read: (view, at) => view.getUint8(at),
    write: (view, at, value) => view.setUint8(at, checked(value, 0xff)),
  };
}

/** 16 bits, 0 to 65,535. */
export function u16(offset: number): Field<number> {
  return {
    offset,
    sizeBytes: 2,
    read: (view, at) => view.getUint16(at, true),
    write: (view, at, value) => view.setUint16(at, checked(value, 0xffff), true),
  };
}

/** 32 bits, 0 to 4,294,967,295. */
export function u32(offset: number): Field<number> {
  return {
    offset,
    sizeBytes: 4,
    read: (view, at) => view.getUint32(at, true),
    write: (view, at, value) => view.setUint32(at, checked(value, 0xffff_ffff), true),
  };
}

/** 64 bits as a bigint, 0 to 2^64 - 1. */
export function u64(offset: number): Field<bigint> {
  return {
    offset,
    sizeBytes: 8,
    read: (view, at) => view.getBigUint64(at, true),
    write(view, at, value) {
      if (value !== BigInt.asUintN(64, value)) {
        throw new RangeError(`cannot write ${value}: it is not from 0 to 2^64 - 1.`);
      }
      view.setBigUint64(at, value, true);
    },
  };
}

/** A fixed number of bytes; decoding copies them. A shorter value is padded with zeros. */
export function bytes(offset: number, sizeBytes: number): Field<Uint8Array> {
  const whole = (view: DataView, at: number) =>
    new Uint8Array(view.buffer, view.byteOffset + at, sizeBytes);
  return {
    offset,
    sizeBytes,
    read: (view, at) => whole(view, at).slice(),
    write(view, at, value) {
      if (value.length > sizeBytes) {
        throw new RangeError(`cannot write ${value.length} bytes: the field takes ${sizeBytes}.`);
      }
      whole(view, at).fill(0).set(value);
    },
  };
}

/** A fixed number of 32-bit values. */
export function u32s(offset: number, count: number): Field<readonly number[]> {
  const one = u32(offset);
  return {
    offset,
    sizeBytes: 4 * count,
    read: (view, at) => Array.from({ length: count }, (_, i) => one.read(view, at + 4 * i)),
    write(view, at, values) {
      if (values.length !== count) {
        throw new RangeError(`cannot write ${values.length} values: the field takes ${count}.`);
      }
      values.forEach((value, i) => one.write(view, at + 4 * i, value));
    },
  };
}

function checked(value: number, max: number): number {
  if (!(Number.isInteger(value) && value >= 0 && value <= max)) {
    throw new RangeError(`cannot write ${value}: it is not a whole number from 0 to ${max}.`);
  }
  return value;
}

function checkFields(name: string, sizeBytes: number, entries: [string, Field<unknown>][]): void {
  const ordered = entries.toSorted(([, a], [, b]) => a.offset - b.offset);
  let end = 0;
  let previous = "its start";
  for (const [key, field] of ordered) {
    if (field.offset < end) {
      throw new RangeError(`cannot declare ${name}: ${key} overlaps ${previous}.`);
    }
    end = field.offset + field.sizeBytes;
    previous = key;
  }
  if (end > sizeBytes) {
    throw new RangeError(`cannot declare ${name}: ${previous} overruns its ${sizeBytes} bytes.`);
  }
}
