import { formatSeconds } from '../../api/instant.js';
import type { Instant } from '../../api/instant.js';
import type { RunView, StepView } from './run-view.js';

/** One line for each change between two views, without colour: for pipes and logs (`ux.md` 1.5). */
export function plainLines(before: RunView | null, after: RunView, now: Instant): string[] {
  const run = `${formatSeconds(now)} ${after.namespace}/${after.name}`;
  const steps = after.steps.flatMap((step, index) => {
    const old = before?.steps[index];
    return changed(old, step) ? [`${run} ${stepText(step)}`] : [];
  });
  const phase = before === null || before.phase !== after.phase || before.reason !== after.reason;
  return [...steps, ...(phase ? [`${run} ${after.phase}${after.reason === null ? '' : ` ${after.reason}`}`] : [])];
}

function changed(old: StepView | undefined, step: StepView): boolean {
  if (old === undefined) return step.state !== 'Waiting';
  return old.state !== step.state || old.attempt !== step.attempt || old.reason !== step.reason;
}

function stepText(step: StepView): string {
  const next = step.nextAttemptAt === null ? '' : ` next=${formatSeconds(step.nextAttemptAt)}`;
  const attempt = step.attempt === 0 ? '' : ` try=${step.attempt}`;
  return `${step.name}${attempt} ${step.state}${step.reason === '' ? '' : ` ${step.reason}`}${next}`;
}
