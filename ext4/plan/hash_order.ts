/**
 * Sorts by 32-bit keys in linear time: the order of a folder's names by hash.
 * @module
 */

const DIGIT_BITS = 11;
const DIGIT_COUNT = 1 << DIGIT_BITS;
/** Below this, an insertion sort is faster than clearing the counters. */
const FEW = 32;

/**
 * Sorts keys and carries a payload along; equal keys keep their order.
 * @param keys changed in place
 * @param payload changed in place, as long as `keys`
 */
export function sortByKey(keys: Uint32Array, payload: Uint32Array): void {
  if (keys.length < FEW) insertionSort(keys, payload);
  else radixSort(keys, payload);
}

function insertionSort(keys: Uint32Array, payload: Uint32Array): void {
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i]!;
    const value = payload[i]!;
    let at = i;
    for (; at > 0 && keys[at - 1]! > key; at--) {
      keys[at] = keys[at - 1]!;
      payload[at] = payload[at - 1]!;
    }
    keys[at] = key;
    payload[at] = value;
  }
}

function radixSort(keys: Uint32Array, payload: Uint32Array): void {
  let fromKeys: Uint32Array = keys;
  let fromPayload: Uint32Array = payload;
  let toKeys: Uint32Array = new Uint32Array(keys.length);
  let toPayload: Uint32Array = new Uint32Array(keys.length);
  const next = new Uint32Array(DIGIT_COUNT);
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    next.fill(0);
    for (let i = 0; i < fromKeys.length; i++) next[(fromKeys[i]! >>> shift) & (DIGIT_COUNT - 1)]!++;
    let sum = 0;
    for (let digit = 0; digit < DIGIT_COUNT; digit++) {
      const count = next[digit]!;
      next[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < fromKeys.length; i++) {
      const key = fromKeys[i]!;
      const at = next[(key >>> shift) & (DIGIT_COUNT - 1)]!++;
      toKeys[at] = key;
      toPayload[at] = fromPayload[i]!;
    }
    [fromKeys, toKeys] = [toKeys, fromKeys];
    [fromPayload, toPayload] = [toPayload, fromPayload];
  }
  if (fromKeys !== keys) {
    keys.set(fromKeys);
    payload.set(fromPayload);
  }
}
