/**
 * The cut-down MD4 that ext4 hashes names with: 3 rounds of 8 steps over 8 words.
 * Source: kernel fs/ext4/hash.c `half_md4_transform`.
 * @module
 */

const K2 = 0x5a82_7999;
const K3 = 0x6ed9_eba1;

/**
 * Mixes 8 words into the state.
 * @param state 4 words, changed in place
 * @param input 8 words
 */
export function halfMd4(state: Int32Array, input: Int32Array): void {
  let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!;
  const i0 = input[0]!, i1 = input[1]!, i2 = input[2]!, i3 = input[3]!;
  const i4 = input[4]!, i5 = input[5]!, i6 = input[6]!, i7 = input[7]!;

  a = rotate(a + choose(b, c, d) + i0, 3);
  d = rotate(d + choose(a, b, c) + i1, 7);
  c = rotate(c + choose(d, a, b) + i2, 11);
  b = rotate(b + choose(c, d, a) + i3, 19);
  a = rotate(a + choose(b, c, d) + i4, 3);
  d = rotate(d + choose(a, b, c) + i5, 7);
  c = rotate(c + choose(d, a, b) + i6, 11);
  b = rotate(b + choose(c, d, a) + i7, 19);

  a = rotate(a + majority(b, c, d) + i1 + K2, 3);
  d = rotate(d + majority(a, b, c) + i3 + K2, 5);
  c = rotate(c + majority(d, a, b) + i5 + K2, 9);
  b = rotate(b + majority(c, d, a) + i7 + K2, 13);
  a = rotate(a + majority(b, c, d) + i0 + K2, 3);
  d = rotate(d + majority(a, b, c) + i2 + K2, 5);
  c = rotate(c + majority(d, a, b) + i4 + K2, 9);
  b = rotate(b + majority(c, d, a) + i6 + K2, 13);

  a = rotate(a + (b ^ c ^ d) + i3 + K3, 3);
  d = rotate(d + (a ^ b ^ c) + i7 + K3, 9);
  c = rotate(c + (d ^ a ^ b) + i2 + K3, 11);
  b = rotate(b + (c ^ d ^ a) + i6 + K3, 15);
  a = rotate(a + (b ^ c ^ d) + i1 + K3, 3);
  d = rotate(d + (a ^ b ^ c) + i5 + K3, 9);
  c = rotate(c + (d ^ a ^ b) + i0 + K3, 11);
  b = rotate(b + (c ^ d ^ a) + i4 + K3, 15);

  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
}

function choose(x: number, y: number, z: number): number {
  return z ^ (x & (y ^ z));
}

function majority(x: number, y: number, z: number): number {
  return (x & y) + ((x ^ y) & z) | 0;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | ((value | 0) >>> (32 - bits));
}
