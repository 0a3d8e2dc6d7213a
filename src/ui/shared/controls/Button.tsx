import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, Ref } from "react";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon?: LucideIcon;
  readonly tone?: "plain" | "accent" | "quiet" | "bad";
  readonly size?: "small" | "normal";
  readonly ref?: Ref<HTMLButtonElement>;
}

const tones = {
  plain: "border-line bg-surface hover:bg-raised hover:border-line-strong",
  accent: "border-transparent bg-accent text-accent-ink hover:brightness-110",
  quiet: "border-transparent hover:bg-sunken",
  bad: "border-bad/50 bg-surface text-bad hover:bg-bad-soft",
};

/** A button with words. */
export function Button({
  icon: Icon,
  tone = "plain",
  size = "normal",
  className = "",
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      className={`inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap disabled:opacity-50 ${
        size === "small" ? "px-2 py-0.5 text-small" : "h-8 px-2.5 text-body"
      } ${tones[tone]} ${className}`}
      {...rest}
    >
      {Icon && <Icon size={size === "small" ? 14 : 16} aria-hidden="true" />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: LucideIcon;
  /** What it does; shown as a tooltip and read out. */
  readonly label: string;
  readonly pressed?: boolean;
  readonly small?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A button with an icon alone, for where there is no room for words. */
export function IconButton({ icon: Icon, label, pressed, small, className = "", ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      className={`inline-flex shrink-0 items-center justify-center rounded-md hover:bg-sunken disabled:opacity-40 ${small ? "size-6" : "size-8"} ${
        pressed ? "bg-accent-soft text-accent" : ""
      } ${className}`}
      {...rest}
    >
      <Icon size={small ? 15 : 18} aria-hidden="true" />
    </button>
  );
}
