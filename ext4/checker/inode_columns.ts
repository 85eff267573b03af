/**
 * What is remembered of each inode until all folders are read: columns, in pages made on demand.
 * @module
 */

const PAGE_INODES = 4096;

/** The columns of 4,096 inodes. */
export interface InodePage {
  /** `file_type` of the inode's own mode; 0: not in use. */
  readonly type: Uint8Array;
  /** `file_type` that entries give it; 0: none does. */
  readonly namedType: Uint8Array;
  /** `i_links_count`. */
  readonly links: Uint16Array;
  /** Entries that name it, `.` and `..` not counted. */
  readonly names: Uint32Array;
  /** The folder with the first entry that names it. */
  readonly parent: Uint32Array;
  /** Of a folder: what `..` names. */
  readonly dotdot: Uint32Array;
  /** Of a folder: folders whose `..` names it. */
  readonly subfolders: Uint32Array;
  /** Of a folder: 1 when a way leads up to the root, 2 when none does, 0 when that is not known. */
  readonly reach: Uint8Array;
}

/** All pages. */
export class InodeColumns {
  readonly #pages = new Map<number, InodePage>();
  /** Neighbours are asked for one after the other. */
  #lastIndex = -1;
  #last: InodePage | undefined;

  /** The page of an inode; its row within is {@link InodeColumns.row}. */
  page(inode: number): InodePage {
    const index = Math.floor(inode / PAGE_INODES);
    if (index === this.#lastIndex) return this.#last!;
    let page = this.#pages.get(index);
    if (page === undefined) this.#pages.set(index, page = newPage());
    [this.#lastIndex, this.#last] = [index, page];
    return page;
  }

  /** The row of an inode within its page. */
  row(inode: number): number {
    return inode % PAGE_INODES;
  }

  /** Visits all rows of all pages; most of them are not in use. */
  forEach(visit: (inode: number, page: InodePage, row: number) => void): void {
    for (const [index, page] of this.#pages) {
      for (let row = 0; row < PAGE_INODES; row++) visit(index * PAGE_INODES + row, page, row);
    }
  }
}

function newPage(): InodePage {
  return {
    type: new Uint8Array(PAGE_INODES),
    namedType: new Uint8Array(PAGE_INODES),
    links: new Uint16Array(PAGE_INODES),
    names: new Uint32Array(PAGE_INODES),
    parent: new Uint32Array(PAGE_INODES),
    dotdot: new Uint32Array(PAGE_INODES),
    subfolders: new Uint32Array(PAGE_INODES),
    reach: new Uint8Array(PAGE_INODES),
  };
}
