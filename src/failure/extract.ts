import type { EvidenceItem, Verdict } from '../api/types.js';
import { clip } from '../api/clip.js';

/** The least that an extract says; a bound below its size is not kept. */
const SHORT_MESSAGE = 120;

/**
 * A verdict cut down to so many bytes of JSON (UTF-8): first the log tail goes, then evidence from the end, what is
 * missing, and at last the end of the message. Reason, stage, retryability and effects always stay.
 */
export function extractOf(verdict: Verdict, maxBytes: number): Verdict {
  const { logTail: _tail, ...bare } = verdict;
  const cuts: Verdict[] = [verdict, bare];
  for (let count = bare.evidence.length - 1; count >= 0; count -= 1)
    cuts.push({ ...bare, evidence: bare.evidence.slice(0, count).map(shortItem) });
  const least = { ...bare, evidence: [], missing: [] };
  cuts.push(least);
  return cuts.find((one) => bytesOf(one) <= maxBytes) ?? withShortMessage(least, maxBytes);
}

function shortItem(item: EvidenceItem): EvidenceItem {
  return { ...item, value: clip(item.value, SHORT_MESSAGE) };
}

function withShortMessage(verdict: Verdict, maxBytes: number): Verdict {
  let length = verdict.message.length;
  let cut: Verdict = verdict;
  while (bytesOf(cut) > maxBytes && length > 1) {
    length = Math.floor(length * 0.8);
    cut = { ...verdict, message: clip(verdict.message, Math.max(1, length)) };
  }
  return cut;
}

function bytesOf(value: Verdict): number {
  return Buffer.byteLength(JSON.stringify(value));
}
