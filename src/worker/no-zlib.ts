// What the page's builds give just-bash in the place of node:zlib. Only its gzip commands would call these.
function refuse(): never {
  throw new Error("gzip is not available in the page's shell");
}

export const gunzipSync = refuse;
export const gzipSync = refuse;
export const inflateSync = refuse;
export const deflateSync = refuse;
export const constants = {};
export default { gunzipSync, gzipSync, inflateSync, deflateSync, constants };
