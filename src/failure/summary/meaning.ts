import type { Verdict } from '../../api/types.js';

/** Did user code run, could anything have been changed, may it still run: in sentences. */
export function meaningOf(verdict: Verdict): string[] {
  const lines = [EFFECTS[verdict.effects]];
  if (verdict.mayStillRun === true)
    lines.push('It is not over: something of it may still run, or start by itself. Start nothing in its place.');
  if (verdict.reason === 'Unknown') lines.push('The evidence does not say why. What is not known is not guessed.');
  if (verdict.missing.length > 0) lines.push(`Missing: ${verdict.missing.join('; ')}.`);
  return lines;
}

const EFFECTS: Readonly<Record<Verdict['effects'], string>> = {
  None: 'No user code ran. Nothing was changed.',
  InitOnly: 'Only init containers ran (Kubernetes asks them to be idempotent). No main container started.',
  Possible: 'User code was running: it may be half done.',
  Unknown: 'It is not known whether user code ran.',
};

export function userCodeRan({ effects }: Verdict): 'yes' | 'no' | 'unknown' {
  if (effects === 'Possible') return 'yes';
  return effects === 'Unknown' ? 'unknown' : 'no';
}

export function changed({ effects }: Verdict): 'no' | 'possible' | 'unknown' {
  if (effects === 'None') return 'no';
  return effects === 'Unknown' ? 'unknown' : 'possible';
}
