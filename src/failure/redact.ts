const HIDDEN = '[redacted]';

interface Pattern {
  readonly pattern: RegExp;
  readonly by: string;
  /** Nothing is done unless the text holds one of these (lower case): most texts hold none. */
  readonly hints: readonly string[];
}

/** Words by which a name tells that its value is secret. */
const TELLING = [
  'passw',
  'pwd',
  'secret',
  'token',
  'apikey',
  'api_key',
  'api-key',
  'access_key',
  'access-key',
  'accesskey',
  'private_key',
  'credential',
  'authorization',
];
const KEY = `(?<![A-Za-z0-9_.-])["']?[A-Za-z0-9_.-]{0,64}(?:passw(?:or)?d|passwd|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|authorization)[A-Za-z0-9_.-]{0,64}["']?`;
const VALUE = `(?!\\[redacted)(?:"[^"\\n]*"|'[^'\\n]*'|[^\\s,;"'})\\]]{3,})`;

/** Shapes of secrets that are known by themselves, and the forms in which others are printed. Best effort. */
const PATTERNS: readonly Pattern[] = [
  {
    hints: ['private key'],
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
    by: HIDDEN,
  },
  { hints: ['eyj'], pattern: /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g, by: HIDDEN },
  { hints: ['akia', 'asia', 'aroa'], pattern: /\b(?:AKIA|ASIA|AROA)[A-Z0-9]{16}\b/g, by: HIDDEN },
  {
    hints: ['gh', 'github_pat'],
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/g,
    by: HIDDEN,
  },
  { hints: ['glpat-', 'gldt-', 'glrt-'], pattern: /\bgl(?:pat|dt|rt)-[A-Za-z0-9_-]{16,}/g, by: HIDDEN },
  {
    hints: ['xox', 'hooks.slack.com'],
    pattern: /\bxox[a-z]-[A-Za-z0-9-]{10,}|(?<=hooks\.slack\.com\/services\/)[A-Za-z0-9/]+/g,
    by: HIDDEN,
  },
  {
    hints: ['sk-', 'sk_', 'pk_', 'rk_'],
    pattern: /\b(?:sk|pk|rk)[-_](?:live_|test_|proj-|ant-)?[A-Za-z0-9_-]{20,}/g,
    by: HIDDEN,
  },
  { hints: ['aiza'], pattern: /\bAIza[A-Za-z0-9_-]{30,}/g, by: HIDDEN },
  {
    hints: ['npm_', 'hvs.', 'hvb.', 'dop_v1_', 'dckr_pat_', 'pypi-'],
    pattern: /\b(?:npm_|hv[sb]\.|dop_v1_|dckr_pat_|pypi-)[A-Za-z0-9_-]{16,}/g,
    by: HIDDEN,
  },
  { hints: ['://'], pattern: /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]*:[^\s/@'"]+@/gi, by: `$1${HIDDEN}@` },
  {
    hints: ['://'],
    pattern: /([?&](?:[a-z_-]*(?:token|key|secret|password|passwd|signature|sig|credential|auth)[a-z_-]*)=)[^&\s'"]+/gi,
    by: `$1${HIDDEN}`,
  },
  { hints: ['bearer', 'basic'], pattern: /\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, by: `$1 ${HIDDEN}` },
  // KEY=value, "key": "value", key: 'value', anywhere.
  {
    hints: TELLING,
    pattern: new RegExp(`(${KEY}\\s*(?:=\\s*|:\\s*(?=["'])|:(?=[A-Za-z0-9])))${VALUE}`, 'gi'),
    by: `$1${HIDDEN}`,
  },
  // key: value at the beginning of a line or an object; in the middle of a sentence it is prose.
  {
    hints: TELLING,
    pattern: new RegExp(`((?:^|[\\n{,(])[ \\t-]*${KEY}[ \\t]*:[ \\t]+)${VALUE}`, 'gi'),
    by: `$1${HIDDEN}`,
  },
];

/** Most texts hold none of the hints: one look instead of one for each pattern. */
const ANY_HINT = new RegExp(
  [...new Set(PATTERNS.flatMap(({ hints }) => hints))]
    .map((hint) => hint.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|'),
  'i',
);

/** C0 and C1 control characters but newline and tab; bidirectional marks, zero-width characters. */
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const ANSI = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)/g;

/**
 * A text without what looks like a secret, and without characters that could move a terminal or hide words. Patterns are
 * best effort: secrets without a known shape and without a telling name stay; `evidence.logs: None` turns quoting off.
 */
export function redact(text: string): string {
  const clean = text.replace(ANSI, '').replace(UNPRINTABLE, '');
  if (!ANY_HINT.test(clean)) return clean;
  const lower = clean.toLowerCase();
  let result = clean;
  for (const { hints, pattern, by } of PATTERNS) {
    if (hints.some((hint) => lower.includes(hint))) result = result.replace(pattern, by);
  }
  return result;
}
