import type { Tone } from "../../../protocol/views.ts";
import { toneWords } from "../text.ts";
import { toneText } from "../tones.ts";

/** A state as a shape: disc, ring, triangle, cross in a square, dash. */
export function ToneSign({
  tone,
  size = 12,
  label,
}: {
  readonly tone: Tone;
  readonly size?: number;
  readonly label?: boolean;
}) {
  return (
    <svg
      viewBox="0 0 12 12"
      width={size}
      height={size}
      className={`shrink-0 ${toneText[tone]}`}
      role={label ? "img" : undefined}
      aria-label={label ? toneWords[tone] : undefined}
      aria-hidden={label ? undefined : true}
    >
      {tone === "good" && <circle cx="6" cy="6" r="4.5" fill="currentColor" />}
      {tone === "busy" && (
        <>
          <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.6" />
          <path d="M6 6 V1.8 A4.2 4.2 0 0 1 6 10.200Z" fill="currentColor" />
        </>
      )}
      {tone === "warning" && <path d="M6 1 L11.500 11 H0.500Z" fill="currentColor" />}
      {tone === "bad" && (
        <path d="M1.500 1.500h9v9h-9z M4 4l4 4M8 4l-4 4" fill="none" stroke="currentColor" strokeWidth="1.7" />
      )}
      {tone === "off" && <path d="M2 6h8" stroke="currentColor" strokeWidth="2" />}
    </svg>
  );
}
