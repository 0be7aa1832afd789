import type { EvidenceItem, Verdict } from '../../api/types.js';
import { listNames } from './list-names.js';
import type { OnCall, Summary, SummaryAction } from './summary.js';

/** Width of the titles on the left of the text form. */
const INDENT = 16;
/** Lines of a log that are quoted. */
const LOG_LINES = 10;

/** The first line alone. */
export function lineOf(summary: Summary): string {
  return summary.line;
}

/** The whole, for a terminal. */
export function textOf(summary: Summary): string {
  const sections = sectionsOf(summary).flatMap(({ title, lines }) => (lines.length === 0 ? [] : [block(title, lines)]));
  return [summary.line, '', ...sections].join('\n').trimEnd();
}

/** The whole, to be pasted into a ticket. */
export function markdownOf(summary: Summary): string {
  const parts = sectionsOf(summary).flatMap(({ title, lines, code }) => {
    if (lines.length === 0) return [];
    const body =
      code === true
        ? ['```', ...lines.map((line) => line.replaceAll('```', "'''")), '```']
        : lines.map((line) => `${/^\d+\. /.test(line) ? '' : '- '}${escapeMarkdown(line)}`);
    return [`**${title}**`, '', ...body, ''];
  });
  return [`**${escapeMarkdown(summary.line)}**`, '', ...parts].join('\n').trimEnd();
}

/** The structure itself; fields are only ever added. */
export function jsonOf(summary: Summary): string {
  return JSON.stringify(summary, null, 2);
}

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  /** Quoted as it is. */
  readonly code?: boolean;
}

function sectionsOf(summary: Summary): Section[] {
  return [
    { title: 'What happened', lines: summary.happened },
    { title: 'What it means', lines: summary.means },
    { title: 'What was tried', lines: summary.tried },
    { title: 'Did not run', lines: summary.didNotRun.length === 0 ? [] : [sayDidNotRun(summary.didNotRun)] },
    { title: 'What to do', lines: summary.actions.map(sayAction) },
    { title: 'On call', lines: summary.onCall === undefined ? [] : sayOnCall(summary.onCall) },
    { title: 'Evidence', lines: summary.evidence.map(sayEvidence), code: true },
    {
      title: 'Last log lines',
      lines: summary.logTail.filter((line) => line.trim() !== '').slice(-LOG_LINES),
      code: true,
    },
    { title: 'Verdict', lines: summary.verdict === undefined ? [] : [sayVerdict(summary.verdict)] },
  ];
}

/** `name (why)`, the names of one reason together; a name is a DNS label, so that the first parenthesis begins the reason. */
function sayDidNotRun(steps: readonly string[]): string {
  const byReason = new Map<string, string[]>();
  for (const step of steps) {
    const [name = '', why = ''] = step.split(/ (?=\()/, 2);
    byReason.set(why, [...(byReason.get(why) ?? []), name]);
  }
  return [...byReason].map(([why, names]) => `${listNames(names, 10)} ${why}`.trimEnd()).join('; ');
}

/** Impact and manual stand where they belong; marked as the author's there too. */
function sayOnCall({ runbook, owner }: OnCall): string[] {
  return [
    ...(runbook === undefined ? [] : [`Runbook: ${runbook} (author's note)`]),
    ...(owner === undefined ? [] : [`Owner: ${owner} (author's note)`]),
  ];
}

function sayAction({ text, command, source }: SummaryAction, index: number): string {
  const author = source === 'Author' ? " (author's note)" : '';
  return `${index + 1}. ${text}${author}${command === undefined ? '' : `  ${command}`}`;
}

function sayEvidence({ id, source, path, value, at }: EvidenceItem): string {
  return `${id} ${source} ${path}: ${value.replace(/\s*\n\s*/g, ' ')}${at === undefined ? '' : ` at ${at.replace('.000Z', 'Z')}`}`;
}

function sayVerdict(verdict: Verdict): string {
  const { reason, subreason, confidence, stage, retryable, effects } = verdict;
  const by =
    verdict.evidence.length === 0
      ? ''
      : `, by ${verdict.evidence
          .slice(0, 3)
          .map((one) => one.id)
          .join(' ')}`;
  const kind = subreason === undefined || subreason === '' ? reason : `${reason}/${subreason}`;
  return `${kind} (${confidence.toLowerCase() === 'none' ? 'not decided' : confidence.toLowerCase()}${by}); stage ${stage}; retryable ${retryable ? 'yes' : 'no'}; effects ${effects}`;
}

function block(title: string, lines: readonly string[]): string {
  const pad = ' '.repeat(INDENT);
  const flat = lines.flatMap((line) => line.trimEnd().split('\n'));
  return flat.map((line, index) => (index === 0 ? title.padEnd(INDENT) : pad) + line).join('\n');
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_<>|[\]]/g, (one) => `\\${one}`);
}
