/** The end of etcd's range of all keys that begin with `prefix` (which ends with a slash), as its clients compute it. */
export function prefixEnd(prefix: string): string {
  return `${prefix.slice(0, -1)}0`;
}
