/**
 * What `kubectl kustomize` and `-k` make of a folder with a kustomization: resources and bases, generators, patches, names,
 * labels, images, replicas, hashes. Upstream: sigs.k8s.io/kustomize v5.
 */

import { parseYaml } from "../../../sim/api/go-yaml.ts";
import type { ProgramContext } from "../../doors.ts";
import { CommandError } from "../errors.ts";
import { configMapHash, secretHash } from "../hash.ts";
import { at, isObject, type Json, type JsonObject, listOf, objectOf, objectsOf, textOf } from "../json.ts";
import { parseDocuments } from "../manifests/yaml-documents.ts";
import { generated } from "./generators.ts";
import { patched } from "./patches.ts";
import { followRenames } from "./references.ts";
import { inOrder, kindOf, nameOf, newResource, type Resource, renamed } from "./resources.ts";
import { withAffixes, withAnnotations, withImages, withLabels, withNamespace, withReplicas } from "./transformers.ts";

const fileNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

const known = new Set(
  "apiVersion kind metadata resources bases components namespace namePrefix nameSuffix labels commonLabels commonAnnotations images replicas configMapGenerator secretGenerator generatorOptions patches patchesStrategicMerge patchesJson6902 sortOptions".split(
    " ",
  ),
);
const unbuilt = new Set(
  "crds openapi configurations generators transformers validators helmCharts helmChartInflationGenerator helmGlobals inventory replacements vars buildMetadata".split(
    " ",
  ),
);

export async function buildKustomization(context: ProgramContext, folder: string): Promise<readonly JsonObject[]> {
  const builder = new Builder(context);
  const all = await builder.folder(folder, [], null);
  const named = await withHashes(all);
  return inOrder(followRenames(all, named)).map(({ object }) => object);
}

async function withHashes(all: readonly Resource[]): Promise<readonly Resource[]> {
  const hashed: Resource[] = [];
  for (const resource of all) {
    const { object } = resource;
    const data = objectOf(object.data);
    if (!resource.hashed) hashed.push(resource);
    else {
      const hash =
        kindOf(resource) === "Secret"
          ? await secretHash("", textOf(object.type), data)
          : await configMapHash("", data, objectOf(object.binaryData));
      hashed.push(renamed(resource, `${nameOf(resource)}-${hash}`));
    }
  }
  return hashed;
}

class Builder {
  readonly #context: ProgramContext;
  readonly #warned = new Set<string>();

  constructor(context: ProgramContext) {
    this.#context = context;
  }

  /** `onto`: what a component changes; null: the folder stands for itself. */
  async folder(
    folder: string,
    above: readonly string[],
    onto: readonly Resource[] | null,
  ): Promise<readonly Resource[]> {
    if (above.includes(folder))
      throw new CommandError(
        `cycle detected: candidate root '${folder}' contains visited root '${above[0] ?? folder}'`,
      );
    const kustomization = await this.#read(folder);
    const path = [...above, folder];
    let all: readonly Resource[] = onto ?? [];
    for (const entry of [...texts(kustomization.resources), ...texts(kustomization.bases)])
      all = [...all, ...(await this.#resource(folder, entry, path))];
    for (const entry of texts(kustomization.components)) all = await this.folder(join(folder, entry), path, all);
    return this.#transformed(all, kustomization, folder);
  }

  async #transformed(
    before: readonly Resource[],
    kustomization: JsonObject,
    folder: string,
  ): Promise<readonly Resource[]> {
    let all = before;
    const read = (path: string): Promise<string> => this.#text(join(folder, path));
    const options = objectOf(kustomization.generatorOptions);
    for (const one of objectsOf(kustomization.configMapGenerator))
      all = await generated(all, "ConfigMap", one, options, read);
    for (const one of objectsOf(kustomization.secretGenerator))
      all = await generated(all, "Secret", one, options, read);
    for (const { patch, target } of await this.#patches(kustomization, read)) all = patched(all, patch, target);
    if (kustomization.namespace) {
      const placed = withNamespace(all, textOf(kustomization.namespace));
      all = followRenames(all, placed);
    }
    const affixed = withAffixes(all, textOf(kustomization.namePrefix), textOf(kustomization.nameSuffix));
    all = followRenames(all, affixed);
    all = withLabels(all, objectOf(kustomization.commonLabels), { inSelectors: true, inTemplates: true });
    for (const one of objectsOf(kustomization.labels))
      all = withLabels(all, objectOf(one.pairs), {
        inSelectors: one.includeSelectors === true,
        inTemplates: one.includeTemplates === true,
      });
    all = withAnnotations(all, objectOf(kustomization.commonAnnotations));
    for (const { name, count } of objectsOf(kustomization.replicas))
      all = withReplicas(all, textOf(name), Number(count));
    return withImages(all, objectsOf(kustomization.images));
  }

  async #patches(kustomization: JsonObject, read: (path: string) => Promise<string>) {
    const found: { readonly patch: Json; readonly target: JsonObject | null }[] = [];
    const add = (text: string, target: unknown): void => {
      for (const patch of parseDocuments(text))
        if (patch !== null) found.push({ patch, target: isObject(target) ? target : null });
    };
    for (const entry of texts(kustomization.patchesStrategicMerge))
      add(/[\n:]/.test(entry.trim()) ? entry : await read(entry), null);
    for (const field of ["patches", "patchesJson6902"])
      for (const one of objectsOf(kustomization[field]))
        add(one.patch ? textOf(one.patch) : await read(textOf(one.path)), one.target);
    return found;
  }

  async #resource(folder: string, entry: string, path: readonly string[]): Promise<readonly Resource[]> {
    if (/^https?:\/\/|^git@|^github\.com\//.test(entry))
      throw new CommandError(
        `accumulating resources: ${JSON.stringify(entry)} is elsewhere, and there is no way out of this cluster's network`,
      );
    const place = join(folder, entry);
    if (await this.#context.files.list?.(place)) return this.folder(place, path, null);
    let text: string;
    try {
      text = await this.#context.files.read(place);
    } catch {
      const missing = `evalsymlink failure on '${this.#absolute(place)}' : lstat ${this.#absolute(place)}: no such file or directory`;
      throw new CommandError(
        `accumulating resources: accumulation err='accumulating resources from '${entry}': ${missing}': must build at directory: not a valid directory: ${missing}`,
      );
    }
    return [...parseDocuments(text)].filter(isObject).map((object) => {
      if (!object.kind)
        throw new CommandError(
          `accumulating resources: accumulation err='accumulating resources from '${entry}': missing Resource metadata'`,
        );
      return newResource(object);
    });
  }

  async #read(folder: string): Promise<JsonObject> {
    const names = (await this.#context.files.list?.(folder)) ?? null;
    if (names === null)
      throw new CommandError(
        `must build at directory: not a valid directory: evalsymlink failure on '${folder}' : lstat ${this.#absolute(folder)}: no such file or directory`,
      );
    const found = fileNames.filter((name) => names.includes(name));
    if (found.length === 0)
      throw new CommandError(
        `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${this.#absolute(folder)}'`,
      );
    if (found.length > 1) throw new CommandError(`Found multiple kustomization files: ${this.#absolute(folder)}`);
    const value = parseYaml(await this.#text(join(folder, found[0]!)));
    const kustomization = objectOf(value);
    for (const field of Object.keys(kustomization)) {
      if (unbuilt.has(field)) throw new CommandError(`invalid Kustomization: ${field} is not built here`);
      if (!known.has(field))
        throw new CommandError(`invalid Kustomization: json: unknown field ${JSON.stringify(field)}`);
    }
    if (Object.keys(kustomization).length === 0) throw new CommandError("kustomization.yaml is empty");
    this.#warnOfOldFields(kustomization);
    return kustomization;
  }

  #warnOfOldFields(kustomization: JsonObject): void {
    const instead: Readonly<Record<string, string>> = {
      bases: "resources",
      commonLabels: "labels",
      patchesJson6902: "patches",
      patchesStrategicMerge: "patches",
    };
    for (const [field, better] of Object.entries(instead)) {
      if (at(kustomization, field) === undefined || this.#warned.has(field)) continue;
      this.#warned.add(field);
      this.#context.err.write(
        `# Warning: '${field}' is deprecated. Please use '${better}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.\n`,
      );
    }
  }

  async #text(path: string): Promise<string> {
    try {
      return await this.#context.files.read(path);
    } catch {
      throw new CommandError(`open ${this.#absolute(path)}: no such file or directory`);
    }
  }

  #absolute(path: string): string {
    return path.startsWith("/") ? path : join(this.#context.directory, path);
  }
}

function texts(value: unknown): readonly string[] {
  return listOf(value).map(textOf);
}

/** `base` and `../other` -> the path that they lead to. */
function join(folder: string, path: string): string {
  if (path.startsWith("/")) return path;
  const steps: string[] = [];
  for (const step of `${folder}/${path}`.split("/")) {
    if (step === "" || step === ".") continue;
    if (step === ".." && steps.length > 0 && steps.at(-1) !== "..") steps.pop();
    else steps.push(step);
  }
  return `${folder.startsWith("/") ? "/" : ""}${steps.join("/")}` || ".";
}
