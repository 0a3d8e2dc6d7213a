import type { LucideIcon } from "lucide-react";

export type MenuEntry =
  | {
      readonly type: "item";
      readonly id: string;
      readonly label: string;
      readonly hint?: string;
      readonly key?: string;
      readonly icon?: LucideIcon;
      readonly tone?: "plain" | "bad" | "good";
      readonly disabled?: boolean;
      readonly run: () => void;
    }
  | { readonly type: "heading"; readonly id: string; readonly label: string }
  | { readonly type: "line"; readonly id: string };
