/** PersistentVolumeClaims and what is like them. */
import { child, type Fields, item, record } from "../validation/common.ts";
import { fractions } from "./quantities.ts";

export const CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

export function classAnnotationWarnings({ metadata }: Fields): string[] {
  if (record(record(metadata).annotations)[CLASS_ANNOTATION] === undefined) return [];
  return [
    `${item("metadata.annotations", CLASS_ANNOTATION)}: deprecated since v1.8; use "storageClassName" attribute instead`,
  ];
}

export function claimSpecWarnings({ resources }: Fields, at: string): string[] {
  return ["requests", "limits"].flatMap((kind) =>
    fractions(record(record(resources)[kind]), child(at, `resources.${kind}`), ["storage"]),
  );
}
