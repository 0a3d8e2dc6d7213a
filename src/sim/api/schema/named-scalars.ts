import type { Scalar } from "./schema.ts";

export interface NamedScalar {
  readonly name: string;
  readonly schema: { readonly description: string; readonly [keyword: string]: unknown };
}

/** Scalars that are types with a name of their own. */
export const NAMED_SCALARS: Readonly<Partial<Record<Scalar, NamedScalar>>> = {
  quantity: {
    name: "io.k8s.apimachinery.pkg.api.resource.Quantity",
    schema: {
      description: "Quantity is a fixed-point representation of a number.",
      oneOf: [{ type: "string" }, { type: "number" }],
    },
  },
  time: {
    name: "io.k8s.apimachinery.pkg.apis.meta.v1.Time",
    schema: {
      description:
        "Time is a wrapper around time.Time which supports correct marshaling to YAML and JSON.  Wrappers are provided for many of the factory methods that the time package offers.",
      type: "string",
      format: "date-time",
    },
  },
  microTime: {
    name: "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime",
    schema: {
      description: "MicroTime is version of Time with microsecond level precision.",
      type: "string",
      format: "date-time",
    },
  },
  intOrString: {
    name: "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
    schema: {
      description:
        "IntOrString is a type that can hold an int32 or a string.  When used in JSON or YAML marshalling and unmarshalling, it produces or consumes the inner type.  This allows you to have, for example, a JSON field that can accept a name or number.",
      format: "int-or-string",
      oneOf: [{ type: "integer" }, { type: "string" }],
    },
  },
};
