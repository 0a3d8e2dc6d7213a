const { LN2 } = Math;

/** The natural logarithm of a positive number. By the four basic operations alone: engines differ in their own. */
export function naturalLog(value: number): number {
  let mantissa = value;
  let exponent = 0;
  for (; mantissa > 1.5; mantissa /= 2) exponent += 1;
  for (; mantissa < 0.75; mantissa *= 2) exponent -= 1;
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let sum = 0;
  let power = ratio;
  for (let divisor = 1; divisor < 40; divisor += 2) {
    sum += power / divisor;
    power *= square;
  }
  return 2 * sum + exponent * LN2;
}
