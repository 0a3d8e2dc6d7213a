/** `kubectl describe servicecidr|ipaddress` */

import type { JsonObject } from "../json.ts";
import { at, listOf, objectOf, objectsOf, textOf } from "../json.ts";
import type { Describer } from "./describer.ts";
import { eventLines, eventsOf } from "./events.ts";
import { annotationLines, type Lines, labelLines, longTime } from "./writer.ts";

function head(lines: Lines, object: JsonObject): void {
  const { name, labels, annotations } = objectOf(object.metadata);
  lines.raw(`Name:\t${textOf(name)}\n`);
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
}

export const describeServiceCidr: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  head(lines, object);
  lines.line(
    0,
    "CIDRs:",
    listOf(at(object, "spec", "cidrs"))
      .map(textOf)
      .join(", "),
  );
  const conditions = objectsOf(at(object, "status", "conditions"));
  if (conditions.length > 0) {
    lines.line(0, "Status:");
    lines.line(0, "Conditions:");
    lines.line(1, "Type", "Status", "LastTransitionTime", "Reason", "Message");
    lines.line(1, "----", "------", "------------------", "------", "-------");
    for (const { type, status, lastTransitionTime, reason, message } of conditions)
      lines.line(1, textOf(type), textOf(status), longTime(lastTransitionTime), textOf(reason), textOf(message));
  }
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "ServiceCIDR"), nowUs);
};

export const describeIpAddress: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  head(lines, object);
  const parent = at(object, "spec", "parentRef");
  if (parent !== undefined && parent !== null) {
    const { group, resource, namespace, name } = objectOf(parent);
    lines.line(0, "Parent Reference:");
    lines.line(1, "Group:", textOf(group));
    lines.line(1, "Resource:", textOf(resource));
    lines.line(1, "Namespace:", textOf(namespace));
    lines.line(1, "Name:", textOf(name));
  }
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "IPAddress"), nowUs);
};
