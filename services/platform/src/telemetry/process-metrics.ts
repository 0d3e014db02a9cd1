import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Lifecycle } from '../lifecycle.ts';
import { gauge, total } from './metering.ts';

const WINDOW_MS = 10_000;
const NS = 1e9;

/** What the process uses, under the names that dashboards for Node know, and how long its event loop keeps others waiting. */
export function watchProcess(lifecycle: Lifecycle): void {
  gauge('process_resident_memory_bytes', 'Memory of the process', lifecycle, () => [[process.memoryUsage.rss()]]);
  gauge('nodejs_heap_size_used_bytes', 'Heap in use', lifecycle, () => [[getHeapStatistics().used_heap_size]]);
  gauge('nodejs_heap_size_limit_bytes', 'What the heap may grow to', lifecycle, () => [
    [getHeapStatistics().heap_size_limit],
  ]);
  total('process_cpu_seconds_total', 'CPU time, user and system', lifecycle, () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  if (process.platform === 'linux')
    gauge('process_open_fds', 'Open files and sockets', lifecycle, () => [[readdirSync('/proc/self/fd').length]]);
  watchEventLoop(lifecycle);
}

/** Over windows of ten seconds at least, however many collect: two of them must not take each other's measurements away. */
function watchEventLoop(lifecycle: Lifecycle): void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  lifecycle.onClose('event loop', () => void delay.disable());
  let before = performance.eventLoopUtilization();
  let window = { endsAt: 0, delays: [] as [number, { quantile: string }][], used: 0 };
  const look = () => {
    if (performance.now() < window.endsAt) return window;
    const now = performance.eventLoopUtilization();
    const seconds = (ns: number) => (Number.isFinite(ns) ? ns / NS : 0);
    window = {
      endsAt: performance.now() + WINDOW_MS,
      delays: [
        [seconds(delay.percentile(50)), { quantile: '0.5' }],
        [seconds(delay.percentile(99)), { quantile: '0.99' }],
        [seconds(delay.max), { quantile: '1' }],
      ],
      used: performance.eventLoopUtilization(now, before).utilization,
    };
    before = now;
    delay.reset();
    return window;
  };
  gauge('millrace_event_loop_delay_seconds', 'How late timers are, those of 10 ms', lifecycle, () => look().delays);
  gauge('millrace_event_loop_utilization', 'Part of the time in which the event loop works', lifecycle, () => [
    [look().used],
  ]);
}
