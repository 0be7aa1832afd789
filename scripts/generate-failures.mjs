// Writes docs/failures.md from the catalogue of reasons and the ordered rules (src/failure). `--check` changes nothing and
// fails when the page is stale.
import { build } from 'esbuild';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PAGE = 'docs/failures.md';
const folder = mkdtempSync(join(tmpdir(), 'failures-'));
const { CATALOGUE, RULES } = await load();

async function load() {
  const outfile = join(folder, 'failure.mjs');
  try {
    await build({
      stdin: {
        contents:
          "export { CATALOGUE } from './src/failure/catalogue.ts'; export { RULES } from './src/failure/rules/index.ts';",
        resolveDir: process.cwd(),
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function reasonSection({ reason, meaning, evidence, handling, fixes, subreasons }) {
  return [
    `## ${reason}`,
    '',
    meaning,
    '',
    `- Evidence: ${evidence}`,
    `- By default: ${handling}`,
    `- Usual fix: ${fixes.join(' ')}`,
    '',
    '| Closer cause | What to do |',
    '|---|---|',
    ...Object.entries(subreasons).map(([name, fix]) => `| ${name} | ${fix.replaceAll('|', '\\|')} |`),
    '',
  ].join('\n');
}

const page = `# Failures

<!-- Made by scripts/generate-failures.mjs from src/failure; do not edit. -->

Every failed attempt gets a verdict: a reason, a closer cause, the stage, whether the same again may help, what could have
been changed, and the evidence for it. \`lockstep explain REASON\` prints a section of this page; \`kubectl get pod NAME -o yaml
| lockstep explain -f -\` gives the verdict on any pod, also of people who run nothing else of Lockstep.

| Axis | Values |
|---|---|
| stage | PreExecution: no main container started. Execution: user code ran. Infrastructure: the platform took a running attempt away. |
| retryable | The same again would plausibly succeed, and nothing of this attempt may still run. It is no permission: what an attempt may have changed, and \`idempotent\`, are. |
| effects | None: no container of the step started. InitOnly: only init containers did. Possible: main code ran. Unknown: nobody knows. |

Text that is quoted (log tails, termination messages, answers of the API server) has passed redaction by pattern: known
shapes of tokens, key-value forms, URLs with credentials, private keys. Patterns are best effort; \`evidence.logs: None\` turns
quoting off.

${CATALOGUE.map(reasonSection).join('\n')}
## Waiting

An attempt that cannot get on shows its reason while it waits: in \`status\`, in \`lockstep get\` and \`lockstep why\`. How long
that may last before it is a failure follows from the cause; what is not listed waits for the \`start\` bound of its step
(10m by default), and the attempt then fails with the cause that it waited for, not with the bound.

| What waits | Fails after |
|---|---|
| An invalid image name, an image that may not be pulled, runAsNonRoot with an image that runs as root; a pod that a policy, Pod Security, a LimitRange, a quota's demand for requests, a missing PriorityClass or RuntimeClass refuses | at once |
| An image that the registry does not have, or refuses | 90s |
| An image that cannot be had now (a rate limit, a registry that is away) | 15m |
| Everything else: no node that takes the pod, a missing Secret, ConfigMap, key or right, a volume, a sandbox, a program that cannot be started | 5m |
| What the API server refuses now and may take later (a quota, a webhook, its own trouble), a scheduling gate, containers that are restarted | the \`start\` bound |

A step says otherwise by reason, such as \`timeouts: { waiting: { Unschedulable: 30m, ConfigurationError: 10s } }\`; where
waiting cannot help, the step fails at once all the same.

## The rules

The first rule that applies concludes; so wrappers, which come late, never win over causes.

| Rule | What of the platform it rests on |
|---|---|
${RULES.map(({ name, basis }) => `| ${name} | ${basis.replaceAll('|', '\\|')} |`).join('\n')}
`;

const old = (() => {
  try {
    return readFileSync(PAGE, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return '';
  }
})();
if (old !== page && process.argv.includes('--check')) {
  console.error(`stale: ${PAGE}\nrun: node scripts/generate-failures.mjs`);
  process.exitCode = 1;
} else if (old !== page) writeFileSync(PAGE, page);
