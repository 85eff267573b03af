/**
 * Rows of numbers and names, in pieces: what is there is never copied to make room for more, which
 * would take twice the memory just when there is most of it.
 * @module
 */

const ROW_BITS = 12;
const PIECE_ROWS = 1 << ROW_BITS;
const FIRST_ROWS = 16;

/** A piece of the rows: the same bytes as numbers of either kind. */
export interface RowPiece {
  readonly words: Uint32Array;
  readonly numbers: Float64Array;
}

/** Rows as another thread can be posted them: the bytes of their pieces. */
export interface PostedRows {
  readonly pieces: readonly ArrayBuffer[];
  readonly count: number;
}

/** Rows of equal length. A row is at `numberAt` of the numbers of its piece, and at twice that of the words. */
export class Rows {
  readonly #pieces: RowPiece[] = [];
  #roomRows = 0;
  #count = 0;

  /**
   * @param numbersPerRow Their length, in numbers of eight bytes.
   * @param firstRows How many there is to be room for at first.
   */
  constructor(
    private readonly numbersPerRow: number,
    private readonly firstRows: number = FIRST_ROWS,
  ) {}

  get count(): number {
    return this.#count;
  }

  /** Rows that another thread has posted. */
  static ofPosted(numbersPerRow: number, { pieces, count }: PostedRows): Rows {
    const rows = new Rows(numbersPerRow);
    rows.#pieces.push(...pieces.map(pieceOver));
    const sizeBytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
    rows.#roomRows = sizeBytes / (numbersPerRow * Float64Array.BYTES_PER_ELEMENT);
    rows.#count = count;
    return rows;
  }

  /** The rows, to be posted. */
  get posted(): PostedRows {
    const pieces = this.#pieces.map(({ words }) => words.buffer as ArrayBuffer);
    return { pieces, count: this.#count };
  }

  /** Adds a row, in a piece that has room for it. */
  add(): number {
    if (this.#count === this.#roomRows) this.#grow();
    return this.#count++;
  }

  /** Forgets all but the first rows. */
  truncate(count: number): void {
    this.#count = Math.min(count, this.#count);
  }

  /** Forgets all; the room for a few stays. */
  clear(): void {
    this.#pieces.length = Math.min(this.#pieces.length, 1);
    this.#roomRows = Math.min(this.#roomRows, PIECE_ROWS);
    this.#count = 0;
  }

  /** Forgets what the pieces before a row hold; it is not to be asked for any more. */
  releaseBefore(row: number): void {
    if ((row & (PIECE_ROWS - 1)) !== 0 || row === 0) return;
    this.#pieces[(row >>> ROW_BITS) - 1] = NO_ROWS;
  }

  /** The piece that has a row. */
  pieceOf(row: number): RowPiece {
    return this.#pieces[row >>> ROW_BITS]!;
  }

  /** Where the row begins in the numbers of its piece. */
  numberAt(row: number): number {
    return (row & (PIECE_ROWS - 1)) * this.numbersPerRow;
  }

  /** Only the first piece grows: most folders are small. */
  #grow(): void {
    if (this.#roomRows < PIECE_ROWS) {
      const wanted = this.#roomRows === 0 ? Math.max(this.firstRows, 1) : this.#roomRows * 4;
      const rows = Math.min(wanted, PIECE_ROWS);
      const grown = this.#makePiece(rows);
      const first = this.#pieces[0];
      if (first !== undefined) grown.words.set(first.words);
      this.#pieces[0] = grown;
      this.#roomRows = rows;
    } else {
      this.#pieces.push(this.#makePiece(PIECE_ROWS));
      this.#roomRows += PIECE_ROWS;
    }
  }

  #makePiece(rows: number): RowPiece {
    // Of a buffer: a small array has none until it is asked for it, and is copied then.
    return pieceOver(
      new ArrayBuffer(rows * this.numbersPerRow * Float64Array.BYTES_PER_ELEMENT),
    );
  }
}

function pieceOver(buffer: ArrayBuffer): RowPiece {
  return { numbers: new Float64Array(buffer), words: new Uint32Array(buffer) };
}

const NO_ROWS: RowPiece = { words: new Uint32Array(), numbers: new Float64Array() };

const NAME_BITS = 16;
const PIECE_BYTES = 1 << NAME_BITS;
const FIRST_BYTES = 512;

/** Names one behind the other. A name is at `nameAt` of the bytes of its piece. */
export class Names {
  readonly #pieces: Uint8Array[] = [];
  #roomBytes = 0;
  #end = 0;

  /** @param firstBytes How many there is to be room for at first. */
  constructor(private readonly firstBytes: number = FIRST_BYTES) {}

  /** Adds a copy of a name of up to 255 bytes. @returns its place */
  add(bytes: Uint8Array, at: number, length: number): number {
    if (this.#end + length > this.#roomBytes) this.#grow(length);
    const place = this.#end;
    const piece = this.pieceOf(place);
    const start = this.nameAt(place);
    for (let i = 0; i < length; i++) piece[start + i] = bytes[at + i]!;
    this.#end = place + length;
    return place;
  }

  /** Bytes so far. */
  get sizeBytes(): number {
    return this.#end;
  }

  /** Forgets all; the room for a few stays. */
  clear(): void {
    this.#pieces.length = Math.min(this.#pieces.length, 1);
    this.#roomBytes = Math.min(this.#roomBytes, PIECE_BYTES);
    this.#end = 0;
  }

  /** Forgets all from a place on. */
  truncate(end: number): void {
    this.#end = end;
  }

  /** The piece that has the name at a place. */
  pieceOf(place: number): Uint8Array {
    return this.#pieces[place >>> NAME_BITS] ?? EMPTY;
  }

  /** Where the name begins in its piece. */
  nameAt(place: number): number {
    return place & (PIECE_BYTES - 1);
  }

  #grow(length: number): void {
    if (this.#roomBytes < PIECE_BYTES) {
      const size = this.#roomBytes === 0 ? Math.max(this.firstBytes, 1) : this.#roomBytes * 4;
      const grown = new Uint8Array(Math.min(size, PIECE_BYTES));
      if (this.#pieces[0] !== undefined) grown.set(this.#pieces[0]);
      this.#pieces[0] = grown;
      this.#roomBytes = grown.length;
      if (this.#end + length <= this.#roomBytes || this.#roomBytes < PIECE_BYTES) return;
    }
    // A name lies in one piece.
    this.#end = this.#pieces.length * PIECE_BYTES;
    this.#pieces.push(new Uint8Array(PIECE_BYTES));
    this.#roomBytes = this.#pieces.length * PIECE_BYTES;
  }
}

const EMPTY = new Uint8Array();
