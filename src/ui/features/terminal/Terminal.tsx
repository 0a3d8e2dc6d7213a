import { AArrowDown, AArrowUp, Eraser, Square } from "lucide-react";
import { memo, useEffect, useLayoutEffect, useRef } from "react";
import { IconButton } from "../../shared/controls/Button.tsx";
import { keyed } from "../../shared/keyed.ts";
import { arrange, useArrangement } from "../../shared/preferences.ts";
import type { Block } from "./buffer.ts";
import { InputLine } from "./InputLine.tsx";
import { clear, interrupt, useTerminal } from "./store.ts";
import { text } from "./text.ts";

/** A terminal of plain text: what was printed is a log that can be read and selected, the input line below it. */
export default function Terminal() {
  const blocks = useTerminal((state) => state.buffer.blocks);
  const running = useTerminal((state) => state.running !== null);
  const fontPx = useArrangement((state) => state.consoleFontPx);
  const scroller = useRef<HTMLElement>(null);
  const atEnd = useRef(true);

  // New output scrolls into view unless the person is reading further up.
  // biome-ignore lint/correctness/useExhaustiveDependencies: blocks are what makes it longer.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [blocks, running]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const focusInput = () => {
    if (getSelection()?.toString() === "") scroller.current?.querySelector("textarea")?.focus();
  };
  return (
    <div className="relative h-full bg-terminal text-terminal-ink">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the input line only saves aiming at it. */}
      <section
        ref={scroller}
        onClick={focusInput}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
        }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        aria-label={text.output}
        className="h-full overflow-y-auto px-3 py-2 font-mono leading-[1.38]"
        style={{ fontSize: fontPx }}
      >
        <div role="log" aria-label={text.output} className="break-words whitespace-pre-wrap">
          {blocks.map((block) => (
            <BlockView key={block.id} block={block} />
          ))}
        </div>
        <InputLine scroller={scroller} />
      </section>
      <div className="absolute top-1 right-4 flex rounded-md bg-terminal/80 text-terminal-muted [&_button:hover]:bg-white/15">
        {running && <IconButton small icon={Square} label={text.stop} onClick={() => void interrupt()} />}
        <IconButton
          small
          icon={AArrowDown}
          label={text.smaller}
          onClick={() => arrange({ consoleFontPx: Math.max(13, fontPx - 2) })}
        />
        <IconButton
          small
          icon={AArrowUp}
          label={text.larger}
          onClick={() => arrange({ consoleFontPx: Math.min(31, fontPx + 2) })}
        />
        <IconButton small icon={Eraser} label={text.clear} onClick={clear} />
      </div>
    </div>
  );
}

const colours = { out: "", err: "text-[#ffb4ad]", input: "font-semibold text-white" };

const BlockView = memo(function BlockView({ block }: { readonly block: Block }) {
  return keyed(block.segments, ({ kind }) => kind).map(({ key, item: segment }) => (
    <span key={key} className={colours[segment.kind]}>
      {segment.text}
    </span>
  ));
});
