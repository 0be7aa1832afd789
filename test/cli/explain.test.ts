import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { explainFiles, explainReasonText } from '../../src/cli/explain.js';

const folder = mkdtempSync(join(tmpdir(), 'explain-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const POD = `apiVersion: v1
kind: Pod
metadata: {name: migrate-1, namespace: ops, uid: u1}
spec:
  nodeName: worker-1
  restartPolicy: Never
  containers: [{name: main, image: registry.example.com/db/migrate:7}]
status:
  phase: Pending
  conditions:
  containerStatuses:
  - {name: main, state: {waiting: {reason: ImagePullBackOff, message: Back-off pulling image}}}
`;
const EVENT = `apiVersion: v1
kind: Event
metadata: {name: migrate-1.1}
involvedObject: {kind: Pod, name: migrate-1, namespace: ops, uid: u1, fieldPath: "spec.containers{main}"}
type: Warning
reason: Failed
message: 'Failed to pull image "registry.example.com/db/migrate:7": manifest unknown'
lastTimestamp: 2026-03-14T03:00:00Z
`;
const OTHER = `apiVersion: v1
kind: Pod
metadata: {name: report-1, namespace: ops, uid: u2}
spec: {restartPolicy: Never, containers: [{name: main, image: registry.example.com/ops/report:1}]}
status:
  phase: Failed
  containerStatuses:
  - {name: main, state: {terminated: {exitCode: 3, reason: Error, startedAt: 2026-03-14T03:00:00Z, finishedAt: 2026-03-14T03:01:00Z}}}
`;

const nothing = Readable.from([]);
const lines = (files: readonly string[], stdin: Readable = nothing) => explainFiles(files, { output: 'line', stdin });
const MIGRATE = 'FAILED pod migrate-1: image db/migrate:7 not found. Needs a change first.\n';
const REPORT = 'FAILED pod report-1: main failed (exit 3). It had run.\n';

describe('lockstep explain -f', () => {
  it('reads several documents of one YAML file, and several files, together and in order', async () => {
    expect(await lines([file('all.yaml', `${POD}---\n${EVENT}---\n${OTHER}`)])).toBe(MIGRATE + REPORT);
    expect(await lines([file('b.yaml', OTHER), file('a.yaml', POD), file('e.yaml', EVENT)])).toBe(REPORT + MIGRATE);
  });

  it('reads a List, as kubectl get prints it, in YAML and in JSON', async () => {
    const indent = (text: string): string => `- ${text.trimEnd().replaceAll('\n', '\n  ')}\n`;
    const list = `apiVersion: v1\nkind: List\nitems:\n${indent(POD)}${indent(EVENT)}`;
    expect(await lines([file('list.yaml', list)])).toBe(MIGRATE);
    const json = await explainFiles([file('list.yaml', list)], { output: 'json', stdin: nothing });
    expect(JSON.parse(json)).toMatchObject([{ reason: 'ImagePull', subreason: 'ManifestUnknown', name: 'migrate-1' }]);
  });

  it('reads standard input', async () => {
    expect(await lines(['-'], Readable.from([OTHER]))).toBe(REPORT);
    const { status, stdout } = spawnSync(process.execPath, ['dist/cli.js', 'explain', '-o', 'line', '-f', '-'], {
      input: OTHER,
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: REPORT });
  });

  it('says of a manifest that nobody has applied that it has not started', async () => {
    expect(await lines(['-'], Readable.from(['kind: Pod\nmetadata: {name: new-1}\nspec: {containers: []}\n']))).toBe(
      'PENDING pod new-1: it has not started, and nothing says why.\n',
    );
  });

  const bad: readonly [string, string, RegExp][] = [
    ['YAML that ends too early', 'a: [1\nb: 2\n', /^\S+bad\.yaml is neither JSON nor YAML: .* at line 2, column 1/],
    [
      'a field of another type',
      POD.replace(/containerStatuses:\n.*\n/, 'containerStatuses: none\n'),
      /bad\.yaml: Pod migrate-1: status\.containerStatuses must be a list, and is a string$/,
    ],
    [
      'an item of another type',
      EVENT.replace('type: Warning', 'reason: [1]').replace('reason: Failed\n', ''),
      /bad\.yaml: Event migrate-1\.1: reason must be a text, and is a list$/,
    ],
    [
      'evidence of another type',
      '{"pod": {"kind": "Pod", "status": {"conditions": [3]}}}',
      /bad\.yaml: evidence: pod\.status\.conditions\[0\] must be an object, and is a number$/,
    ],
  ];
  it.each(bad)('names the file and the place of %s', async (_, content, message) => {
    await expect(lines([file('bad.yaml', content)])).rejects.toThrow(message);
  });

  it('names a file that is not there, a folder, and standard input read twice', async () => {
    await expect(lines([join(folder, 'none.yaml')])).rejects.toThrow(/none\.yaml: there is no such file$/);
    await expect(lines([folder])).rejects.toThrow(/: it is a folder; name the files in it$/);
    await expect(lines(['-', '-'])).rejects.toThrow('standard input (-) can be read only once');
  });

  it('finds nothing in files without a workload, and says so', async () => {
    expect(await lines([file('cm.yaml', 'kind: ConfigMap\nmetadata: {name: x}\n')])).toMatch(/^No Pod, Job/);
  });
});

describe('lockstep explain REASON', () => {
  it('prints meaning, evidence, default handling and fixes of a reason, in any case of letters', () => {
    const text = explainReasonText('oomkilled') ?? '';
    expect(text.split('\n')[0]).toBe('OOMKilled');
    for (const title of ['Evidence', 'Handling', 'Fix', 'Closer causes']) expect(text).toContain(`\n${title}`);
    expect(explainReasonText('Nonsense')).toBeNull();
  });
});
