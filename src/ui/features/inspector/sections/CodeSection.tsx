import { useState } from "react";
import type { Section } from "../../../../protocol/views.ts";
import { Button } from "../../../shared/controls/Button.tsx";
import { text } from "../text.ts";

/** YAML, JSON or plain text, to read and to copy. */
export function CodeSection({ section }: { readonly section: Extract<Section, { readonly type: "code" }> }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="relative">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre
        className="max-h-72 overflow-auto rounded-md border border-line bg-raised p-2 font-mono text-small"
        tabIndex={0}
        aria-label={section.title}
      >
        {section.language === "yaml"
          ? section.text.split("\n").map((line, index) => <YamlLine key={`${index} ${line}`} line={line} />)
          : section.text}
      </pre>
      <Button
        size="small"
        className="absolute top-1 right-1"
        onClick={() => {
          void navigator.clipboard?.writeText(section.text).then(() => setCopied(true));
        }}
      >
        {copied ? text.copied : text.copy}
      </Button>
    </div>
  );
}

/** Keys stand out; that is all the colour that reading needs. */
function YamlLine({ line }: { readonly line: string }) {
  const key = /^(\s*(?:- )?)([^\s:#"'][^:#]*)(:)(\s.*|)$/.exec(line);
  if (!key) return `${line}\n`;
  return (
    <>
      {key[1]}
      <span className="text-accent">{key[2]}</span>
      {key[3]}
      {key[4]}
      {"\n"}
    </>
  );
}
