import type { ApiServerState } from "../state.ts";
import { historyLength } from "../watch/history.ts";

/** The few of upstream's metrics that this server keeps, in the Prometheus text format. */
export function metricsText(state: ApiServerState): string {
  const lines = [
    "# HELP apiserver_request_total [STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.",
    "# TYPE apiserver_request_total counter",
  ];
  for (const [key, count] of state.requestCounts) {
    const [verb, group, version, resource, subresource, code] = key.split(" ");
    lines.push(
      `apiserver_request_total{code="${code}",component="apiserver",group="${group}",resource="${resource}",subresource="${subresource}",verb="${verb!.toUpperCase()}",version="${version}"} ${count}`,
    );
  }
  lines.push("# TYPE apiserver_longrunning_requests gauge");
  for (const cache of state.caches.values()) {
    const count = cache.watchers.byStream.size;
    if (count > 0) lines.push(`apiserver_longrunning_requests{resource="${cache.resource}",verb="WATCH"} ${count}`);
  }
  lines.push("# TYPE apiserver_storage_objects gauge");
  for (const cache of state.caches.values())
    lines.push(`apiserver_storage_objects{resource="${cache.resource}"} ${cache.objects.size}`);
  lines.push("# TYPE watch_cache_capacity gauge");
  for (const cache of state.caches.values())
    lines.push(`watch_cache_capacity{resource="${cache.resource}"} ${historyLength(cache.history)}`);
  return `${lines.join("\n")}\n`;
}
