import { Decimal } from 'decimal.js';

/** Exact enough for any ratio that we print: 40 significant digits, half away from zero. */
const Exact = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_UP });

/** Arithmetic over measure ids, as written in the catalogue: `scope_1 + scope_2_market`. */
export type Expression =
  | { readonly kind: 'number'; readonly value: string }
  | { readonly kind: 'measure'; readonly id: string }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly op: '+' | '-' | '*' | '/';
      readonly left: Expression;
      readonly right: Expression;
    };

export class ExpressionError extends Error {
  constructor(text: string, position: number, expected: string) {
    super(
      `CAT-003 Expression "${text}" cannot be read at character ${position + 1}: expected ${expected}. ` +
        'Use measure ids, numbers, + - * / and parentheses.',
    );
    this.name = 'ExpressionError';
  }
}

/** Expressions read before: the catalogue has some hundred, each asked for again for every company. */
const known = new Map<string, Expression>();

/**
 * Reads an expression of the catalogue.
 *
 * @example parseExpression('leavers / (headcount_start + headcount_end)')
 * @throws {ExpressionError} naming the character
 */
export function parseExpression(text: string): Expression {
  const expression = known.get(text) ?? readExpression(text);
  known.set(text, expression);
  return expression;
}

function readExpression(text: string): Expression {
  const tokens = tokenise(text);
  let at = 0;
  const peek = () => tokens[at]?.text;
  const fail = (expected: string): never => {
    throw new ExpressionError(text, tokens[at]?.position ?? text.length, expected);
  };

  function sum(): Expression {
    let left = product();
    for (let op = peek(); op === '+' || op === '-'; op = peek()) {
      at += 1;
      left = { kind: 'binary', op, left, right: product() };
    }
    return left;
  }
  function product(): Expression {
    let left = factor();
    for (let op = peek(); op === '*' || op === '/'; op = peek()) {
      at += 1;
      left = { kind: 'binary', op, left, right: factor() };
    }
    return left;
  }
  function factor(): Expression {
    const token = peek();
    if (token === undefined) return fail('a measure, a number or "("');
    at += 1;
    if (token === '-') return { kind: 'negate', operand: factor() };
    if (token === '(') {
      const inner = sum();
      if (peek() !== ')') fail('")"');
      at += 1;
      return inner;
    }
    if (/^[0-9]/.test(token)) return { kind: 'number', value: token };
    if (/^[a-z]/.test(token)) return { kind: 'measure', id: token };
    at -= 1;
    return fail('a measure, a number or "("');
  }

  const expression = sum();
  if (at < tokens.length) fail('an operator or the end');
  return expression;
}

function tokenise(text: string): { text: string; position: number }[] {
  const tokens: { text: string; position: number }[] = [];
  const pattern = /\s*([a-z][a-z0-9_]*|[0-9]+(?:\.[0-9]+)?|[-+*/()])\s*/y;
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) throw new ExpressionError(text, start, 'a measure, a number or an operator');
    tokens.push({ text: match[1] as string, position: start });
  }
  return tokens;
}

/** The measures that an expression names, each once, in order of appearance. */
export function measuresOf(expression: Expression): string[] {
  const found = new Set<string>();
  const visit = (node: Expression): void => {
    if (node.kind === 'measure') found.add(node.id);
    if (node.kind === 'negate') visit(node.operand);
    if (node.kind === 'binary') {
      visit(node.left);
      visit(node.right);
    }
  };
  visit(expression);
  return [...found];
}

export type Evaluation =
  | { readonly state: 'known'; readonly value: Decimal }
  /** a measure that it needs has not come */
  | { readonly state: 'missing' }
  /** a division by zero inside it */
  | { readonly state: 'empty' };

const missing: Evaluation = { state: 'missing' };
const empty: Evaluation = { state: 'empty' };

/**
 * Evaluates over measure values; `null` says that the measure is missing, `empty` that its data have come and
 * hold nobody to take a mean or a median of: neither is zero.
 */
export function evaluate(
  expression: Expression,
  valueFor: (measure: string) => Decimal.Value | null | 'empty',
): Evaluation {
  switch (expression.kind) {
    case 'number':
      return { state: 'known', value: new Exact(expression.value) };
    case 'measure': {
      const value = valueFor(expression.id);
      if (value === 'empty') return empty;
      return value === null ? missing : { state: 'known', value: new Exact(value) };
    }
    case 'negate': {
      const operand = evaluate(expression.operand, valueFor);
      return operand.state === 'known' ? { state: 'known', value: operand.value.negated() } : operand;
    }
    case 'binary': {
      const left = evaluate(expression.left, valueFor);
      const right = evaluate(expression.right, valueFor);
      if (left.state === 'missing' || right.state === 'missing') return missing;
      if (left.state === 'empty' || right.state === 'empty') return empty;
      if (expression.op === '/') {
        if (right.value.isZero()) return empty;
        return { state: 'known', value: left.value.dividedBy(right.value) };
      }
      const combine = { '+': 'plus', '-': 'minus', '*': 'times' } as const;
      return { state: 'known', value: left.value[combine[expression.op]](right.value) };
    }
  }
}
