/** SHA-1 of bytes, as bytes: member and cluster ids are the beginnings of such hashes upstream. */
export function sha1(bytes: readonly number[]): number[] {
  const words = padded(bytes);
  let [a0, b0, c0, d0, e0] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
  const w = new Array<number>(80).fill(0);
  for (let block = 0; block < words.length; block += 16) {
    for (let t = 0; t < 80; t += 1) {
      w[t] =
        t < 16
          ? (words[block + t] as number)
          : rotate((w[t - 3] as number) ^ (w[t - 8] as number) ^ (w[t - 14] as number) ^ (w[t - 16] as number), 1);
    }
    let [a, b, c, d, e] = [a0, b0, c0, d0, e0];
    for (let t = 0; t < 80; t += 1) {
      const next = (rotate(a, 5) + mix(t, b, c, d) + e + (w[t] as number)) | 0;
      [e, d, c, b, a] = [d, c, rotate(b, 30), a, next];
    }
    [a0, b0, c0, d0, e0] = [(a0 + a) | 0, (b0 + b) | 0, (c0 + c) | 0, (d0 + d) | 0, (e0 + e) | 0];
  }
  return [a0, b0, c0, d0, e0].flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function mix(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function padded(bytes: readonly number[]): number[] {
  const all = [...bytes, 0x80];
  while (all.length % 64 !== 56) all.push(0);
  const words: number[] = [];
  for (let at = 0; at < all.length; at += 4) {
    words.push(
      ((all[at] as number) << 24) |
        ((all[at + 1] as number) << 16) |
        ((all[at + 2] as number) << 8) |
        (all[at + 3] as number),
    );
  }
  words.push(0, bytes.length * 8);
  return words;
}
