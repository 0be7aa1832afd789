import { clip, clipStart } from '../api/clip.js';
import type { EvidenceItem, Verdict } from '../api/types.js';
import { bytesOf } from './bounded-data.js';

/** Most bytes of a verdict in a status (design review C10). */
export const VERDICT_BYTES = 4 * 1024;

/** Most characters of the log's tail; fewer where there is much evidence. */
const TAIL_LENGTH = 2_000;
const SHORT_TAIL_LENGTH = 400;

/**
 * A verdict within the bounds of the CRD and of C10: texts are cut, evidence is left out from the end (the first item
 * names the cause). Idempotent. The trail's hash of a verdict is of this form, which the status keeps.
 */
export function boundVerdict(verdict: Verdict): Verdict {
  const bounded = {
    ...verdict,
    ...(verdict.subreason === undefined ? {} : { subreason: clip(verdict.subreason, 60) }),
    ...(verdict.container === undefined ? {} : { container: clip(verdict.container, 63) }),
    message: clip(verdict.message, 1_000),
    evidence: verdict.evidence.slice(0, 16).map(boundItem),
    missing: verdict.missing.slice(0, 8).map((text) => clip(text, 120)),
  };
  return withinBytes(bounded);
}

/** As many items from the start as fit into a number of bytes. */
export function firstItems(evidence: readonly EvidenceItem[], bytes: number): readonly EvidenceItem[] {
  let taken = 2;
  const fitting = evidence.findIndex((item) => {
    taken += bytesOf(item) + 1;
    return taken > bytes;
  });
  return fitting === -1 ? evidence : evidence.slice(0, fitting);
}

function boundItem(item: EvidenceItem): EvidenceItem {
  return {
    id: clip(item.id, 8),
    source: clip(item.source, 290),
    path: clip(item.path, 290),
    value: clip(item.value, 500),
    ...(item.at === undefined ? {} : { at: clip(item.at, 40) }),
  };
}

/** The log's tail gives way to evidence, the last item of evidence first. */
function withinBytes(verdict: Verdict): Verdict {
  for (const tailLength of [TAIL_LENGTH, SHORT_TAIL_LENGTH, 0]) {
    const candidate = withFittingEvidence(withTail(verdict, tailLength));
    const named = candidate.evidence.length > 0 || verdict.evidence.length === 0;
    if (named && bytesOf(candidate) <= VERDICT_BYTES) return candidate;
  }
  // Escaped or four-byte characters can make even the texts alone too long.
  const { logTail: _logTail, ...rest } = verdict;
  return { ...rest, message: clip(rest.message, 250), evidence: [], missing: rest.missing.slice(0, 2) };
}

function withFittingEvidence(verdict: Verdict): Verdict {
  const over = bytesOf(verdict) - VERDICT_BYTES;
  return over <= 0 ? verdict : { ...verdict, evidence: firstItems(verdict.evidence, bytesOf(verdict.evidence) - over) };
}

function withTail(verdict: Verdict, length: number): Verdict {
  const { logTail, ...rest } = verdict;
  return logTail === undefined || length === 0 ? rest : { ...rest, logTail: clipStart(logTail, length) };
}
