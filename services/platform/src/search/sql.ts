import type { Operator } from './comparison.ts';

/** Collects the parameters of a statement that is put together at run time; values never become part of its text. */
export class Parameters {
  readonly values: unknown[] = [];

  /** The placeholder for a value, `$1` for the first. */
  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** A condition on one SQL expression. LIKE has no escape character, as in MLflow: a backslash is a backslash. */
export function condition(expression: string, operator: Operator, placeholder: string): string {
  switch (operator) {
    case 'LIKE':
      return `${expression} like ${placeholder} escape ''`;
    case 'ILIKE':
      return `${expression} ilike ${placeholder} escape ''`;
    case 'IN':
      return `${expression} = any(${placeholder})`;
    case 'NOT IN':
      return `${expression} <> all(${placeholder})`;
    case 'IS NULL':
      return `${expression} is null`;
    case 'IS NOT NULL':
      return `${expression} is not null`;
    case '!=':
      return `${expression} <> ${placeholder}`;
    case '=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return `${expression} ${operator} ${placeholder}`;
    default: {
      const never: never = operator;
      return never;
    }
  }
}
