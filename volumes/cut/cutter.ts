/**
 * Decides where a tree is cut, while its names pass by once.
 *
 * A volume may end where it is at least half full. Among those places the fullest is taken, but each
 * folder that a cut goes deeper has to gain a quarter of a volume: so cuts run along folders, and a
 * folder that is too large for one volume is cut between its names.
 * @module
 */

/** Where in the list of names something begins. */
export interface Place {
  /** How many names come before. */
  readonly ordinal: number;
  /** Where it lies in the list of names, in bytes. */
  readonly position: number;
  /** As path text, where an earlier plan has cut there: no name need be there any more. */
  readonly path?: string;
}

/** What the cutter found. */
export interface Cuts {
  /** Where each volume begins; the first begins at the root. */
  readonly starts: readonly Place[];
  /** Files that have a volume of their own. */
  readonly large: readonly Place[];
}

const LEAST_FILL = 0.5;
const COST_OF_DEPTH = 0.25;

/** Sees all names of a tree in order. */
export class Cutter {
  readonly #starts: Place[] = [{ ordinal: 0, position: 0 }];
  readonly #large: Place[] = [];
  /** What lies in the volume so far. */
  #sum = 0;
  #best: Place | undefined;
  #bestScore = -Infinity;
  /** The sum up to the best place. */
  #bestSum = 0;

  constructor(private readonly targetBytes: number) {}

  /**
   * The next name.
   *
   * @param isFolder Folders have no volume of their own: what they hold has.
   */
  add(ordinal: number, position: number, depth: number, cost: number, isFolder: boolean): void {
    const target = this.targetBytes;
    if (cost > target && !isFolder) {
      this.#large.push({ ordinal, position });
      return;
    }
    const fill = this.#sum / target;
    const score = fill - COST_OF_DEPTH * depth;
    if (fill >= LEAST_FILL && score >= this.#bestScore) {
      this.#best = { ordinal, position };
      this.#bestScore = score;
      this.#bestSum = this.#sum;
    }
    // What lies behind the best place may be too much as well, together with this one.
    while (this.#sum > 0 && this.#sum + cost > target) {
      // Where nothing is half full yet, one large file follows: here is as good as anywhere.
      this.#cut(this.#best ?? { ordinal, position }, this.#best ? this.#bestSum : this.#sum);
    }
    this.#sum += cost;
  }

  /** A cut that has to be here, as an earlier plan has it. */
  mustCut(place: Place): void {
    if (place.ordinal > 0) this.#cut(place, this.#sum);
  }

  end(): Cuts {
    return { starts: this.#starts, large: this.#large };
  }

  #cut(place: Place, sum: number): void {
    this.#starts.push(place);
    this.#sum -= sum;
    this.#best = undefined;
    this.#bestScore = -Infinity;
  }
}
