import {
  BookOpen,
  Box,
  Cable,
  CalendarCheck,
  Cloud,
  Database,
  DoorOpen,
  type LucideIcon,
  RefreshCw,
  Route,
  Scale,
  ShipWheel,
  Waypoints,
} from "lucide-react";

const icons: Readonly<Record<string, LucideIcon>> = {
  "kube-apiserver": DoorOpen,
  etcd: Database,
  "kube-scheduler": CalendarCheck,
  "kube-controller-manager": RefreshCw,
  "cloud-controller-manager": Cloud,
  kubelet: ShipWheel,
  containerd: Box,
  "container-runtime": Box,
  "cri-o": Box,
  "kube-proxy": Waypoints,
  coredns: BookOpen,
  haproxy: Scale,
  "load-balancer": Scale,
};

export function iconOfComponent(name: string): LucideIcon {
  return icons[name] ?? (name.includes("proxy") ? Route : Cable);
}
