/** What a shell script is, once parsed. Plain data. */
export type Command =
  | {
      readonly kind: "simple";
      readonly assignments: readonly Assignment[];
      readonly words: readonly Word[];
      readonly redirects: readonly Redirect[];
    }
  | { readonly kind: "list"; readonly commands: readonly Command[] }
  | { readonly kind: "and" | "or"; readonly left: Command; readonly right: Command }
  | { readonly kind: "not"; readonly command: Command }
  | {
      readonly kind: "if";
      readonly branches: readonly { readonly condition: Command; readonly body: Command }[];
      readonly otherwise: Command | null;
    }
  | {
      readonly kind: "while" | "until";
      readonly condition: Command;
      readonly body: Command;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly kind: "for";
      readonly name: string;
      readonly words: readonly Word[] | null;
      readonly body: Command;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly kind: "case";
      readonly word: Word;
      readonly clauses: readonly { readonly patterns: readonly Word[]; readonly body: Command }[];
    }
  | { readonly kind: "group" | "subshell"; readonly body: Command; readonly redirects: readonly Redirect[] }
  | { readonly kind: "pipe"; readonly commands: readonly Command[] }
  | { readonly kind: "background"; readonly command: Command }
  | { readonly kind: "function"; readonly name: string; readonly body: Command };

export interface Assignment {
  readonly name: string;
  readonly value: Word;
}

export interface Redirect {
  readonly fd: number;
  readonly mode: "write" | "append" | "read" | "duplicate" | "here";
  readonly target: Word;
}

/** A word's parts. Quoted parts are neither split nor globbed. */
export type Word = readonly WordPart[];

export type WordPart =
  | { readonly part: "text"; readonly text: string; readonly quoted: boolean }
  /** `$name`, `${name}`, `${name:-word}`, `${#name}`, `${name%pattern}` ... */
  | {
      readonly part: "variable";
      readonly name: string;
      readonly operator: string;
      readonly argument: Word;
      readonly quoted: boolean;
    }
  | { readonly part: "command"; readonly command: Command; readonly quoted: boolean }
  | { readonly part: "arithmetic"; readonly expression: Word; readonly quoted: boolean };

export class ShellSyntaxError extends Error {}
