import { OutOfMemory } from "./bounds.ts";

const DEPTH_MAX = 500;

/** `$(( ))`: whole numbers, variables, `+ - * / %`, comparisons, `&& || !`, parentheses, assignment, `++`. */
export function evaluateArithmetic(
  text: string,
  read: (name: string) => string,
  write: (name: string, value: number) => void,
): number {
  const tokens = text.match(/\d+|[A-Za-z_]\w*|\+\+|--|[-+*/%]=|==|!=|<=|>=|&&|\|\||[-+*/%<>!()=?:]/g) ?? [];
  let at = 0;
  const peek = (): string | undefined => tokens[at];
  const take = (): string => tokens[at++] ?? "";
  const number = (name: string): number => (/^-?\d+$/.test(read(name).trim()) ? Number(read(name)) : 0);

  const LEVELS: readonly (readonly string[])[] = [
    ["||"],
    ["&&"],
    ["==", "!="],
    ["<", ">", "<=", ">="],
    ["+", "-"],
    ["*", "/", "%"],
  ];
  const apply = (operator: string, a: number, b: number): number => {
    switch (operator) {
      case "||":
        return a !== 0 || b !== 0 ? 1 : 0;
      case "&&":
        return a !== 0 && b !== 0 ? 1 : 0;
      case "==":
        return a === b ? 1 : 0;
      case "!=":
        return a !== b ? 1 : 0;
      case "<":
        return a < b ? 1 : 0;
      case ">":
        return a > b ? 1 : 0;
      case "<=":
        return a <= b ? 1 : 0;
      case ">=":
        return a >= b ? 1 : 0;
      case "+":
        return a + b;
      case "-":
        return a - b;
      case "*":
        return a * b;
      case "/":
        return b === 0 ? 0 : Math.trunc(a / b);
      default:
        return b === 0 ? 0 : a % b;
    }
  };
  const binary = (level: number): number => {
    const operators = LEVELS[level];
    if (operators === undefined) return unary();
    let value = binary(level + 1);
    while (operators.includes(peek() ?? "")) value = apply(take(), value, binary(level + 1));
    return value;
  };
  let depth = 0;
  const unary = (): number => {
    depth += 1;
    if (depth > DEPTH_MAX) throw new OutOfMemory();
    const value = operand();
    depth -= 1;
    return value;
  };
  const operand = (): number => {
    const token = take();
    if (token === "-") return -unary();
    if (token === "+") return unary();
    if (token === "!") return unary() === 0 ? 1 : 0;
    if (token === "(") {
      const value = assignment();
      take();
      return value;
    }
    if (token === "++" || token === "--") {
      const name = take();
      const value = number(name) + (token === "++" ? 1 : -1);
      write(name, value);
      return value;
    }
    if (/^\d/.test(token)) return Number(token);
    if (!/^[A-Za-z_]/.test(token)) return 0;
    if (peek() === "++" || peek() === "--") {
      const value = number(token);
      write(token, value + (take() === "++" ? 1 : -1));
      return value;
    }
    return number(token);
  };
  const assignment = (): number => {
    const name = peek() ?? "";
    const operator = tokens[at + 1] ?? "";
    if (/^[A-Za-z_]/.test(name) && /^[-+*/%]?=$/.test(operator)) {
      at += 2;
      const right = assignment();
      const value = operator === "=" ? right : apply(operator.slice(0, 1), number(name), right);
      write(name, value);
      return value;
    }
    const value = binary(0);
    if (peek() !== "?") return value;
    take();
    const yes = assignment();
    take();
    const no = assignment();
    return value !== 0 ? yes : no;
  };
  return assignment();
}
