/** The names under which OpenAPI documents know the structs: `io.k8s.api.apps.v1.Deployment`. */
import { STRUCTS, type StructType } from "./schema.ts";
import { TYPES } from "./types.generated.ts";

const META = /^meta\./;

function nameOfLine(line: string): string {
  const [path = "", head = ""] = line.split(" ");
  const name = (head.split("@")[0] ?? "").replace("*", "");
  if (path.startsWith("io.k8s.")) return `${path}.${name}`;
  return META.test(path) ? `io.k8s.apimachinery.pkg.apis.${path}.${name}` : `io.k8s.api.${path}.${name}`;
}

const names: readonly string[] = TYPES.map(nameOfLine);
const byName: ReadonlyMap<string, StructType> = new Map(names.map((name, index) => [name, STRUCTS[index]!]));

export function schemaNameOf(struct: StructType): string {
  return names[struct.index] ?? struct.name;
}

export function structOfSchemaName(name: string): StructType | undefined {
  return byName.get(name);
}
