import { formatDuration } from '../../api/duration.js';
import type { Instant } from '../../api/instant.js';
import type { RunView, StepView } from './run-view.js';
import { type Style, symbolOf, tinted, toneOf } from './style.js';
import { fit, pad } from './table.js';

interface Frame {
  readonly now: Instant;
  readonly columns: number;
  readonly rows: number;
  readonly style: Style;
}

/** The lines of the live view: a head, and a line for each step; steps that wait are folded where there is no room. */
export function liveFrame(view: RunView, frame: Frame): string[] {
  const { columns, rows, style } = frame;
  const room = Math.max(3, rows - 4);
  const shown = view.steps.length <= room ? view.steps : fold(view.steps, room - 1);
  const hidden = view.steps.length - shown.length;
  const names = Math.min(24, Math.max(4, ...shown.map((step) => step.name.length)));
  return [
    headLine(view, frame),
    ...shown.map((step) => stepLine(step, { ...frame, names })),
    ...(hidden === 0 ? [] : [tinted(`  … ${hidden} more steps that wait or are over`, 'quiet', style)]),
  ].map((line) => fit(line, columns));
}

function headLine(view: RunView, { now, style }: Frame): string {
  const done = view.steps.filter((step) => ['Succeeded', 'Failed', 'Skipped', 'Cancelled'].includes(step.state)).length;
  const time = formatDuration((view.finishedAt ?? now) - (view.startedAt ?? view.createdAt));
  const phase = tinted(view.phase, toneOf(view.phase), style);
  const reason = view.reason === null || view.phase === 'Succeeded' ? '' : ` (${view.reason})`;
  return `${tinted(`${view.namespace}/${view.name}`, 'strong', style)}   ${phase}${reason}   ${time}   ${done} of ${view.steps.length} steps over`;
}

function stepLine(step: StepView, frame: Frame & { readonly names: number }): string {
  const { style, names } = frame;
  const state = tinted(pad(step.state, 10), toneOf(step.state), style);
  const symbol = tinted(symbolOf(step.state, style), toneOf(step.state), style);
  return `  ${symbol} ${state}  ${pad(step.label, 7)}  ${pad(step.name, names)}  ${detail(step, frame)}`;
}

function detail(step: StepView, { now }: Frame): string {
  const tries = step.attempt > 1 ? `try ${step.attempt}  ` : '';
  const message = step.message.split('\n')[0] ?? '';
  const because = step.reason === '' ? message : `${step.reason}${message === '' ? '' : `: ${message}`}`;
  switch (step.state) {
    case 'BackingOff':
      return `try ${step.attempt + 1} of ${step.attempts} in ${formatDuration(Math.max(0, (step.nextAttemptAt ?? now) - now))}  ${because}`;
    case 'Starting':
    case 'Running':
    case 'Stopping':
      return `${tries}${formatDuration(now - (step.startedAt ?? now))}  ${because}`;
    case 'Succeeded':
    case 'Failed':
    case 'Cancelled':
      return `${tries}${step.tookMs === null ? '' : `${formatDuration(step.tookMs)}  `}${because}`;
    case 'Skipped':
      return because;
    case 'Waiting':
    case 'Ready':
      return '';
  }
}

/** What moves or failed first, then what is over, then what waits; in the order of the plan. */
function fold(steps: readonly StepView[], room: number): readonly StepView[] {
  const rank = (step: StepView): number => {
    if (step.state === 'Waiting' || step.state === 'Ready') return 2;
    return step.state === 'Succeeded' || step.state === 'Skipped' ? 1 : 0;
  };
  const kept = new Set([...steps].sort((a, b) => rank(a) - rank(b)).slice(0, room));
  return steps.filter((step) => kept.has(step));
}
