import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CRD_MANIFESTS } from '../../../src/api/generated/crd-manifests.js';
import { INPUT_CHECKS } from '../../../src/executors/input-checks.js';
import { createWorkflowExecutionTranslator, lintText } from '../../../src/plan/index.js';

const TRANSLATORS = [createWorkflowExecutionTranslator(INPUT_CHECKS)];

/** `line:column path: message` of every problem. */
function lint(text: string): string[] {
  return lintText(text, { crds: CRD_MANIFESTS, translators: TRANSLATORS }).map(
    ({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`,
  );
}

const HEAD = ['apiVersion: lockstep.dev/v1alpha1', 'kind: WorkflowExecution', 'metadata: { name: demo }', 'spec:'].join(
  '\n',
);

describe('lintText', () => {
  it('finds nothing in the examples', () => {
    const files = readdirSync('examples').filter((file) => file.endsWith('.yaml'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(lint(readFileSync(`examples/${file}`, 'utf8')), file).toEqual([]);
  });

  it('puts each problem at its key or its value, in the order of the lines', () => {
    const text = `${HEAD}
  order: graph
  paralelism: 3
  steps:
    - name: probe
      delay: soon
    - name: warm
      dependson: [probe]
      dependsOn: [prob]
      timeouts:
        run: 5
      pod:
        spec:
          containers:
            - name: main
              image: busybox
              args: ["-x", "\${params.grace}"]
    - name: last
`;
    expect(lint(text)).toEqual([
      '5:10 spec.order: must be one of Sequential, Graph; did you mean Graph?',
      '6:3 spec.paralelism: unknown field "paralelism"; did you mean parallelism?',
      expect.stringMatching(/^9:14 spec\.steps\[0\]\.delay: .*duration/),
      '11:7 spec.steps[1].dependson: unknown field "dependson"; did you mean dependsOn?',
      '12:7 spec.steps[1].dependsOn: step warm: dependsOn needs order: Graph',
      '12:19 spec.steps[1].dependsOn[0]: step warm depends on prob, which is no step; did you mean probe?',
      '14:14 spec.steps[1].timeouts.run: must be a string',
      '20:28 spec.steps[1].pod.spec.containers[0].args[1]: ${params.grace}: there is no parameter grace',
      '21:7 spec.steps[2]: step last: set exactly one of pod, job, delay; none is set',
    ]);
  });

  it('checks every document of a file, and of kinds that are not ours only the syntax', () => {
    const other = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\nspecc: 1\n';
    const bad = `${HEAD}\n  steps: []\n`;
    expect(lint(`${other}---\n${bad}---\n# nothing\n---\n${bad}`)).toEqual([
      '10:3 spec.steps: names no step; a run has at least one',
      '18:3 spec.steps: names no step; a run has at least one',
    ]);
  });

  it('tells of YAML that is none, where it is', () => {
    expect(lint(`${HEAD}\n  steps: [\n`)).toEqual([expect.stringMatching(/^\d+:\d+ : .*flow/i)]);
    expect(lint('a: 1\na: 2\n')).toEqual([expect.stringMatching(/^2:1 : .*unique/)]);
    expect(lint('a: *nothing\n')).toEqual([expect.stringMatching(/^1:\d+ : .*alias/i)]);
  });

  it.each([
    ['brackets', '['.repeat(20_000)],
    ['braces', 'a: {b: '.repeat(20_000)],
    ['lists in lists', `${'- '.repeat(20_000)}x`],
  ])('tells of what is nested too deeply to be read: %s', (_, text) => {
    expect(lint(text)).toEqual([expect.stringMatching(/^1:\d+ : is nested too deeply/)]);
  });

  it('reads a document whose texts have many dashes and brackets', () => {
    const script = `${'-'.repeat(400)} ${'[ '.repeat(400)}`;
    const container = `{ name: main, image: busybox, command: [sh, -c, "${script}"] }`;
    expect(lint(`${HEAD}\n  steps: [{ name: a, pod: { spec: { containers: [${container}] } } }]\n`)).toEqual([]);
  });

  it('tells of kinds, versions and names that are not there', () => {
    expect(lint('kind: WorkflowExecution\n')).toEqual(['1:1 apiVersion: is required, and must be a string']);
    expect(lint('apiVersion: lockstep.dev/v1alpha1\nkind: WorkflowExecutoin\n')).toEqual([
      '2:7 kind: there is no kind WorkflowExecutoin in lockstep.dev/v1alpha1; did you mean WorkflowExecution?',
    ]);
    expect(lint('apiVersion: lockstep.dev/v1\nkind: WorkflowExecution\n')).toEqual([
      expect.stringMatching(/^1:13 apiVersion: there is no version lockstep\.dev\/v1/),
    ]);
    expect(
      lint(`${HEAD.replace('metadata: { name: demo }', 'metadata: {}')}\n  steps: [{ name: a, delay: 1s }]\n`),
    ).toEqual(['3:1 metadata.name: is required (or metadata.generateName)']);
    const named = (metadata: string) =>
      lint(`${HEAD.replace('metadata: { name: demo }', `metadata: ${metadata}`)}\n  steps: [{ name: a, delay: 1s }]\n`);
    expect(named('{ name: Bad Name! }')).toEqual([
      expect.stringMatching(/^3:19 metadata\.name: "Bad Name!" is no RFC 1123 subdomain/),
    ]);
    expect(named('{ name: a.b, namespace: a.b }')).toEqual([
      expect.stringMatching(/^3:\d+ metadata\.namespace: "a\.b" is no RFC 1123 label/),
    ]);
    expect(named('{ generateName: demo- }')).toEqual([]);
    expect(named('{ generateName: Demo- }')).toEqual([expect.stringMatching(/metadata\.generateName: "Demo-" is no/)]);
    expect(lint('- a\n')).toEqual(['1:1 : must be a Kubernetes object, with apiVersion and kind']);
  });

  it('says that a number must be in quotes where a text is wanted, which YAML makes easy to forget', () => {
    expect(lint(`${HEAD}\n  parameters: [{ name: n, value: 3 }]\n  steps: [{ name: a, delay: 1s }]\n`)).toEqual([
      expect.stringMatching(/^5:34 spec\.parameters\[0\]\.value: must be a string/),
    ]);
  });

  it('checks actions by their schema', () => {
    const action =
      'apiVersion: lockstep.dev/v1alpha1\nkind: WorkflowAction\nmetadata: { generateName: x- }\nspec:\n  verb: Cancle\n';
    const problems = lint(action);
    expect(problems.some((problem) => /^5:9 spec\.verb: must be one of .*did you mean Cancel\?/.test(problem))).toBe(
      true,
    );
    expect(problems.filter((problem) => problem.includes('is required')).length).toBeGreaterThan(0);
  });

  it('follows anchors and merge keys to where a value stands', () => {
    const text = `${HEAD}
  steps:
    - &a
      name: one
      delay: 1s
      idempotent: yes please
    - <<: *a
      name: two
`;
    expect(lint(text)).toEqual([
      '9:19 spec.steps[0].idempotent: must be true or false',
      '9:19 spec.steps[1].idempotent: must be true or false',
    ]);
  });

  it('reads JSON too, and numbers that JSON does not have are faults', () => {
    const spec = { parallelism: 99, steps: [{ name: 'a', delay: '1s' }] };
    const text = JSON.stringify({
      apiVersion: 'lockstep.dev/v1alpha1',
      kind: 'WorkflowExecution',
      metadata: { name: 'x' },
      spec,
    });
    expect(lint(text)).toEqual([`1:${text.indexOf('99') + 1} spec.parallelism: must be between 1 and 12, and is 99`]);
    expect(lint(`${HEAD}\n  parallelism: .inf\n  steps: [{ name: a, delay: 1s }]\n`)).toEqual([
      '5:16 spec.parallelism: must be a whole number',
    ]);
  });

  it('ends soon and without an exception on any text, deep and self-referring ones too', () => {
    const token = fc.constantFrom(
      HEAD,
      '\n',
      '  ',
      'steps:',
      '- ',
      'name: a',
      'delay: 1s',
      '[',
      '{',
      '&a ',
      '*a',
      '<<: *a',
      '---\n',
      ': ',
      '"',
      '|',
      '? ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(token, { maxLength: 40 }).map((parts) => parts.join('')),
        ),
        (text) => {
          for (const problem of lintText(text, { crds: CRD_MANIFESTS, translators: TRANSLATORS })) {
            expect(problem.line).toBeLessThanOrEqual(text.split(/\r\n|\r|\n/).length + 1);
            expect(problem.column).toBeGreaterThan(0);
          }
        },
      ),
    );
    expect(lint('['.repeat(20_000)).length).toBeGreaterThan(0);
    expect(lint(`${HEAD}\n  x: ${'{ a: '.repeat(200)}1${' }'.repeat(200)}`)).toEqual([
      expect.stringMatching(/nested more than 100 levels/),
    ]);
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x, x]',
      ...'bcdefgh'.split('').map(
        (name, index) =>
          `${name}: &${name} [${Array(10)
            .fill(`*${'abcdefgh'.charAt(index)}`)
            .join(', ')}]`,
      ),
    ];
    expect(lint(bomb.join('\n'))).toEqual([expect.stringMatching(/alias/i)]);
    expect(lint('a: &a { b: *a }\n')).toHaveLength(1);
  });
});
