/** A stand-in for MD5: 32 hexadecimal digits, the same for the same text everywhere. */
export function digest(text: string): string {
  let digits = "";
  for (let lane = 0; lane < 4; lane++) {
    let hash = (0x811c9dc5 ^ Math.imul(lane + 1, 0x9e3779b1)) | 0;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
    digits += ((hash ^ (hash >>> 15)) >>> 0).toString(16).padStart(8, "0");
  }
  return digits;
}
