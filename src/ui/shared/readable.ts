const resourcePath =
  /\/(?:api\/v1|apis\/[^/\s?]+\/[^/\s?]+)(?:\/namespaces\/[^/\s?]+(?=\/))?\/([^\s?]+)(\?[^\s,;)]*)?/g;
const query = /(\/\S*?)\?[^\s,;)]*/g;

/** `POST /apis/apps/v1/namespaces/default/deployments?fieldManager=x` as a person says it: `POST deployments`. */
export function readable(text: string): string {
  return text.replace(resourcePath, (_whole, path: string) => path.replaceAll("/", " ")).replace(query, "$1");
}
