/** A Markdown table; rows may be shorter than its head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const full = (cells: readonly string[]) => head.map((_, i) => cells[i] ?? '');
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(full(row)))].join('\n');
}
