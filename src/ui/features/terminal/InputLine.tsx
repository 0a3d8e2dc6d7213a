import { type ClipboardEvent, type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { useCluster } from "../../shared/cluster.ts";
import { formatDuration } from "../../shared/format-time.ts";
import { useTerminalRequest } from "../../shared/requests.ts";
import { theConnection } from "../../shared/session.ts";
import { virtualClock } from "../../shared/virtual-clock.ts";
import { commonPrefix, inColumns, isIncomplete, searchHistory, splitCommands } from "./line.ts";
import { clear, interrupt, print, runLines, useTerminal } from "./store.ts";
import { text } from "./text.ts";

const longestPaste = 1_000_000;

/** The prompt and what is being typed; while a command waits, the time that passes in both worlds. */
export function InputLine({ scroller }: { readonly scroller: RefObject<HTMLElement | null> }) {
  const input = useRef<HTMLTextAreaElement>(null);
  const [line, setLine] = useState("");
  const [search, setSearch] = useState<{ readonly query: string; readonly nth: number } | null>(null);
  const recalled = useRef<{ index: number; typed: string } | null>(null);
  const { prompt, running, history } = useTerminal();
  const request = useTerminalRequest();
  const handled = useRef(0);

  useEffect(() => {
    if (request.count === handled.current || request.text === "") return;
    handled.current = request.count;
    if (request.run) runLines([request.text], columnsOf(scroller.current));
    else setLine(request.text);
    input.current?.focus();
  }, [request, scroller]);

  const put = (next: string, cursor = next.length) => {
    setLine(next);
    requestAnimationFrame(() => input.current?.setSelectionRange(cursor, cursor));
  };
  const submit = (whole: string) => {
    recalled.current = null;
    setSearch(null);
    setLine("");
    runLines([whole], columnsOf(scroller.current));
  };
  const recall = (direction: -1 | 1) => {
    const now = recalled.current ?? { index: history.length, typed: line };
    const index = Math.min(Math.max(now.index + direction, 0), history.length);
    recalled.current = { index, typed: now.typed };
    put(history[index] ?? now.typed);
  };

  const complete = async () => {
    const cursor = input.current?.selectionStart ?? line.length;
    try {
      const shell = await theConnection().shell();
      const { from, candidates } = await shell.complete(line, cursor);
      if (candidates.length === 0) return;
      const common = commonPrefix(candidates);
      const single = candidates.length === 1 && !/[/=]$/.test(common);
      const completed = common + (single ? " " : "");
      if (completed.length > cursor - from) {
        put(line.slice(0, from) + completed + line.slice(cursor), from + completed.length);
      } else {
        print("input", `${prompt}${line}\n`);
        print("out", inColumns(candidates, columnsOf(scroller.current)));
      }
    } catch {
      // Without a shell there is nothing to complete from.
    }
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const { key, ctrlKey } = event;
    const selecting = input.current && input.current.selectionStart !== input.current.selectionEnd;
    if (ctrlKey && key === "c" && !selecting) {
      event.preventDefault();
      if (!running && line !== "") print("input", prompt + line);
      setLine("");
      setSearch(null);
      void interrupt();
    } else if (ctrlKey && key === "l") {
      event.preventDefault();
      clear();
    } else if (ctrlKey && key === "r") {
      event.preventDefault();
      setSearch(search ? { query: search.query, nth: search.nth + 1 } : { query: "", nth: 0 });
    } else if (ctrlKey && key === "u") {
      event.preventDefault();
      setLine("");
    } else if (search && (key === "Escape" || (ctrlKey && key === "g"))) {
      event.preventDefault();
      setSearch(null);
    } else if (key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const whole = search ? (searchHistory(history, search.query, search.nth) ?? "") : line;
      if (!search && isIncomplete(whole)) put(`${line}\n`);
      else submit(whole);
    } else if (key === "Tab" && !event.shiftKey && line !== "" && !search) {
      event.preventDefault();
      void complete();
    } else if (key === "ArrowUp" && !line.includes("\n")) {
      event.preventDefault();
      recall(-1);
    } else if (key === "ArrowDown" && !line.includes("\n")) {
      event.preventDefault();
      recall(1);
    } else if (key === "Escape") {
      input.current?.blur();
    }
  };

  const onPaste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData("text");
    if (pasted.length > longestPaste) {
      event.preventDefault();
      print("err", text.tooLong);
      return;
    }
    if (!pasted.includes("\n")) return;
    event.preventDefault();
    const { commands, rest } = splitCommands(line + pasted);
    setLine(rest);
    runLines(commands, columnsOf(scroller.current));
  };

  const found = search ? (searchHistory(history, search.query, search.nth) ?? "") : "";
  return (
    <div className="flex">
      {running && !search ? (
        <Waiting sinceUs={running.sinceUs} sinceMs={running.sinceMs} />
      ) : (
        <span className="shrink-0 whitespace-pre text-[#8fb6ff]">{search ? text.search(search.query) : prompt}</span>
      )}
      {search && <span className="shrink-0 whitespace-pre">{found}</span>}
      <textarea
        ref={input}
        rows={Math.min(line.split("\n").length, 12)}
        value={search ? search.query : line}
        aria-label={text.input}
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        onChange={({ target }) => (search ? setSearch({ query: target.value, nth: 0 }) : setLine(target.value))}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        className={`min-w-0 flex-1 resize-none overflow-hidden bg-transparent p-0 font-mono text-white caret-white outline-none ${search ? "opacity-0" : ""}`}
      />
    </div>
  );
}

/** `virtual 32 s · real 4.1 s`. */
function Waiting({ sinceUs, sinceMs }: { readonly sinceUs: number; readonly sinceMs: number }) {
  const words = useRef<HTMLSpanElement>(null);
  const paused = useCluster(({ time }) => !time.playing);
  useEffect(() => {
    const write = () => {
      if (!words.current) return;
      const real = performance.now() - sinceMs;
      if (real < 300) return;
      const virtual = virtualClock.now(performance.now()) - sinceUs;
      words.current.textContent = `${text.waiting(formatDuration(virtual), formatDuration(real * 1000))}${paused ? ` · ${text.paused}` : ""}  `;
    };
    write();
    const timer = setInterval(write, 100);
    return () => clearInterval(timer);
  }, [sinceUs, sinceMs, paused]);
  return <span ref={words} className="shrink-0 whitespace-pre text-terminal-muted" data-testid="command-waits" />;
}

function columnsOf(element: HTMLElement | null): number {
  if (!element) return 80;
  const style = getComputedStyle(element);
  return Math.max(40, Math.floor((element.clientWidth - 24) / (Number.parseFloat(style.fontSize) * 0.602)));
}
