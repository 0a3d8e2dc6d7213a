import { useState } from "react";
import type { Section } from "../../../../protocol/views.ts";
import { Button } from "../../../shared/controls/Button.tsx";
import { Scroll } from "../../../shared/controls/Scroll.tsx";
import { keyed } from "../../../shared/keyed.ts";
import { text } from "../text.ts";

/** YAML, JSON or plain text, to read and to copy. */
export function CodeSection({ section }: { readonly section: Extract<Section, { readonly type: "code" }> }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="relative">
      <Scroll className="max-h-72 overflow-auto rounded-md border border-line bg-raised p-2" label={section.title}>
        <pre className="font-mono text-small">
          {section.language === "yaml"
            ? keyed(section.text.split("\n"), (line) => line).map(({ key, item }) => <YamlLine key={key} line={item} />)
            : section.text}
        </pre>
      </Scroll>
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
