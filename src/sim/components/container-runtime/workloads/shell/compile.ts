import { deepFreeze } from "../../../../api/object.ts";
import type { Command, Redirect, Word } from "./syntax.ts";

/**
 * A script as a flat program: what may wait (sleep, wget) can then stop between two instructions, and the state of a
 * running script is a counter and some stacks. Jumps are absolute.
 */
export type Instruction =
  | {
      readonly op: "run";
      readonly assignments: readonly { readonly name: string; readonly value: Word }[];
      readonly words: readonly Word[];
      readonly redirects: readonly Redirect[];
    }
  | { readonly op: "jump"; readonly to: number }
  | { readonly op: "jumpIf"; readonly failed: boolean; readonly to: number }
  | {
      readonly op:
        | "invert"
        | "succeed"
        | "captureStart"
        | "pipeInto"
        | "pipeEnd"
        | "forEnd"
        | "loopEnd"
        | "subshellEnd"
        | "redirectEnd"
        | "caseEnd"
        | "return";
    }
  | { readonly op: "captureEnd"; readonly slot: number }
  | { readonly op: "forStart"; readonly words: readonly Word[] | null }
  | { readonly op: "forNext"; readonly name: string; readonly end: number }
  | { readonly op: "loopStart"; readonly onBreak: number; readonly onContinue: number }
  | { readonly op: "subshellStart"; readonly end: number }
  | { readonly op: "redirectStart"; readonly redirects: readonly Redirect[] }
  | { readonly op: "caseStart"; readonly word: Word }
  | { readonly op: "caseTest"; readonly patterns: readonly Word[]; readonly otherwise: number }
  | { readonly op: "define"; readonly name: string; readonly at: number; readonly end: number };

export type Program = readonly Instruction[];

type Draft = { -readonly [K in keyof Instruction]: Instruction[K] } & Record<string, unknown>;

export function compile(command: Command): Program {
  const code: Draft[] = [];
  let slots = 0;
  const emit = (instruction: Instruction): Draft => {
    code.push({ ...instruction } as Draft);
    return code[code.length - 1] as Draft;
  };

  /** Runs the substitutions in a word first; what they said is found in numbered slots. */
  const word = (parts: Word): Word =>
    parts.map((part) => {
      if (part.part === "command") {
        slots += 1;
        const slot = slots;
        emit({ op: "captureStart" });
        subshell(part.command);
        emit({ op: "captureEnd", slot });
        return { part: "variable", name: String(slot), operator: "slot", argument: [], quoted: part.quoted };
      }
      if (part.part === "variable" && part.argument.length > 0) return { ...part, argument: word(part.argument) };
      if (part.part === "arithmetic") return { ...part, expression: word(part.expression) };
      return part;
    });
  const redirectsOf = (redirects: readonly Redirect[]): Redirect[] =>
    redirects.map((redirect) => ({ ...redirect, target: word(redirect.target) }));
  const redirected = (redirects: readonly Redirect[], body: () => void): void => {
    if (redirects.length > 0) emit({ op: "redirectStart", redirects: redirectsOf(redirects) });
    body();
    if (redirects.length > 0) emit({ op: "redirectEnd" });
  };

  const walk = (node: Command): void => {
    switch (node.kind) {
      case "simple": {
        const assignments = node.assignments.map(({ name, value }) => ({ name, value: word(value) }));
        const words = node.words.map(word);
        emit({ op: "run", assignments, words, redirects: redirectsOf(node.redirects) });
        return;
      }
      case "list":
        for (const one of node.commands) walk(one);
        return;
      case "and":
      case "or": {
        walk(node.left);
        const jump = emit({ op: "jumpIf", failed: node.kind === "and", to: 0 });
        walk(node.right);
        jump.to = code.length;
        return;
      }
      case "not":
        walk(node.command);
        emit({ op: "invert" });
        return;
      case "if":
        ifCommand(node);
        return;
      case "while":
      case "until":
        redirected(node.redirects, () => loop(node));
        return;
      case "for":
        redirected(node.redirects, () => forLoop(node));
        return;
      case "case":
        caseCommand(node);
        return;
      case "group":
        redirected(node.redirects, () => walk(node.body));
        return;
      case "subshell":
        redirected(node.redirects, () => subshell(node.body));
        return;
      case "background":
        // No jobs: a background command is simply not waited for if it would wait, and run otherwise.
        subshell(
          node.command.kind === "simple" && isSleep(node.command.words) ? { kind: "list", commands: [] } : node.command,
        );
        emit({ op: "succeed" });
        return;
      case "pipe":
        pipe(node.commands);
        return;
      case "function": {
        const define = emit({ op: "define", name: node.name, at: 0, end: 0 });
        define.at = code.length;
        walk(node.body);
        emit({ op: "return" });
        define.end = code.length;
        return;
      }
    }
  };

  const ifCommand = (node: Extract<Command, { kind: "if" }>): void => {
    const exits: Draft[] = [];
    for (const { condition, body } of node.branches) {
      walk(condition);
      const skip = emit({ op: "jumpIf", failed: true, to: 0 });
      walk(body);
      exits.push(emit({ op: "jump", to: 0 }));
      skip.to = code.length;
    }
    if (node.otherwise === null) emit({ op: "succeed" });
    else walk(node.otherwise);
    for (const exit of exits) exit.to = code.length;
  };

  const loop = (node: Extract<Command, { kind: "while" | "until" }>): void => {
    const start = emit({ op: "loopStart", onBreak: 0, onContinue: code.length + 1 });
    const top = code.length;
    walk(node.condition);
    const leave = emit({ op: "jumpIf", failed: node.kind === "while", to: 0 });
    walk(node.body);
    emit({ op: "jump", to: top });
    leave.to = code.length;
    emit({ op: "succeed" });
    start.onBreak = code.length;
    emit({ op: "loopEnd" });
  };

  const forLoop = (node: Extract<Command, { kind: "for" }>): void => {
    const words = node.words?.map(word) ?? null;
    emit({ op: "forStart", words });
    const start = emit({ op: "loopStart", onBreak: 0, onContinue: code.length + 1 });
    const next = emit({ op: "forNext", name: node.name, end: 0 });
    const top = code.length - 1;
    walk(node.body);
    emit({ op: "jump", to: top });
    next.end = code.length;
    start.onBreak = code.length;
    emit({ op: "loopEnd" });
    emit({ op: "forEnd" });
  };

  const caseCommand = (node: Extract<Command, { kind: "case" }>): void => {
    emit({ op: "caseStart", word: word(node.word) });
    const exits: Draft[] = [];
    for (const { patterns, body } of node.clauses) {
      const test = emit({ op: "caseTest", patterns: patterns.map(word), otherwise: 0 });
      walk(body);
      exits.push(emit({ op: "jump", to: 0 }));
      test.otherwise = code.length;
    }
    emit({ op: "succeed" });
    for (const exit of exits) exit.to = code.length;
    emit({ op: "caseEnd" });
  };

  const subshell = (body: Command): void => {
    const start = emit({ op: "subshellStart", end: 0 });
    walk(body);
    start.end = code.length;
    emit({ op: "subshellEnd" });
  };

  const pipe = (commands: readonly Command[]): void => {
    commands.forEach((one, index) => {
      const isLast = index === commands.length - 1;
      if (!isLast) emit({ op: "captureStart" });
      subshell(one);
      if (!isLast) emit({ op: "pipeInto" });
    });
    for (let i = 1; i < commands.length; i++) emit({ op: "pipeEnd" });
  };

  walk(command);
  return deepFreeze(code) as unknown as Program;
}

function isSleep(words: readonly Word[]): boolean {
  const [first] = words[0] ?? [];
  return first?.part === "text" && first.text === "sleep";
}
