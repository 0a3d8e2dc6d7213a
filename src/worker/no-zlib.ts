// What the page's builds give just-bash in the place of node:zlib. Only its gzip commands call these.
function refuse(): never {
  throw new Error("gzip is not available in the page's shell");
}

export const gunzipSync = refuse;
export const gzipSync = refuse;
export const constants = {};
