import type { ReceivedSpan } from '@millrace/platform/testing/otlp-spans';

const WIDTH = 92;

/** One trace as text: who did what because of whom, when it began after the first, and how long it took. */
export function drawTree(spans: readonly ReceivedSpan[]): string {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const inTime = spans.toSorted((a, b) => a.startMs - b.startMs);
  const roots = inTime.filter(({ parentId }) => !known.has(parentId));
  const zero = inTime[0]?.startMs ?? 0;
  const lines: string[] = [];
  const draw = (span: ReceivedSpan, before: string, mark: string, below: string) => {
    lines.push(line(span, before + mark, zero));
    const children = inTime.filter(({ parentId }) => parentId === span.spanId);
    for (const [i, child] of children.entries()) {
      const isLast = i === children.length - 1;
      draw(child, before + below, isLast ? '└─ ' : '├─ ', isLast ? '   ' : '│  ');
    }
  };
  for (const root of roots) draw(root, '', '', '');
  return lines.join('\n');
}

function line({ service, name, kind, startMs, endMs }: ReceivedSpan, indent: string, zero: number): string {
  const what = `${indent}${service}: ${name}${kind === 'internal' ? '' : ` [${kind}]`}`;
  const at = `+${(startMs - zero).toFixed(1)} ms`.padStart(10);
  return `${what.padEnd(WIDTH)} ${at} ${`${(endMs - startMs).toFixed(1)} ms`.padStart(9)}`;
}
