import { create } from "zustand";
import { type ClusterState, emptyCluster } from "./adapter/apply-update.ts";

/** The slice of the cluster. Written by `adapter/` alone; everything else reads. */
export const useCluster = create<ClusterState>()(() => emptyCluster);

export function cluster(): ClusterState {
  return useCluster.getState();
}
