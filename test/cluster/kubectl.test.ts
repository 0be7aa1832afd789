import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LockstepCli } from '../support/cli/lockstep-cli.js';
import { workflowYaml } from '../support/cli/workflows.js';

const KUBECTL = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' }).status === 0;

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Everyone's tools against `lockstep up`, with the real kubectl; answers compared by hand with a real API server's. */
describe.skipIf(!KUBECTL)('kubectl on lockstep up', () => {
  let cli: LockstepCli;
  let kubeconfig: string;
  let up: ReturnType<LockstepCli['start']>;

  const kubectl = (...args: readonly string[]): Promise<Said> =>
    new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], HOME: cli.home, KUBECONFIG: kubeconfig };
      execFile('kubectl', args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
    });
  /** What it prints where it succeeds. */
  const says = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await kubectl(...args);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`);
    return stdout;
  };
  /** The lines of a table, each as its cells. */
  const table = async (...args: readonly string[]): Promise<readonly (readonly string[])[]> =>
    (await says(...args))
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));

  beforeAll(async () => {
    cli = new LockstepCli();
    kubeconfig = join(cli.dataDir, 'kubeconfig');
    up = cli.start('up');
    await up.until(/The embedded cluster is up/);
    // Two streams: what was printed may come after what was told.
    await up.until(/current-context: lockstep/);
  }, 60_000);
  afterAll(async () => {
    up.child.kill('SIGTERM');
    await up.ended;
    cli.close();
  });

  it('is given a kubeconfig, on stdout and in the data directory, that only its owner may read', () => {
    expect(up.output()).toContain(`export KUBECONFIG=${kubeconfig}`);
    expect(up.output()).toContain(readFileSync(kubeconfig, 'utf8'));
    expect(existsSync(kubeconfig)).toBe(true);
  });

  it('api-resources: names, short names and kinds of all that is served', async () => {
    const resources = await says('api-resources', '--no-headers');
    expect(resources).toMatch(/^workflowexecutions +wfx +lockstep\.dev\/v1alpha1 +true +WorkflowExecution$/m);
    expect(resources).toMatch(/^sequentialjobs +sqj +batch\.lockstep\.dev\/v1alpha1 +true +SequentialJob$/m);
    expect(resources).toMatch(/^jobs +batch\/v1 +true +Job$/m);
    expect(await says('api-resources', '--namespaced=false', '-o', 'name')).toContain('namespaces');
    expect(await says('api-resources', '--categories=lockstep', '-o', 'name')).toContain(
      'workflowexecutions.lockstep.dev',
    );
    expect(await says('version')).toContain('+lockstep-embedded');
  });

  it('apply, wait --for=condition=Finished, get, describe: a run to its end', async () => {
    const file = cli.file(
      'greet.yaml',
      workflowYaml({ name: 'greet', steps: [{ name: 'hello', script: 'echo hello' }] }),
    );
    expect(await says('apply', '-f', file)).toBe('workflowexecution.lockstep.dev/greet created\n');
    expect(await says('wait', '--for=condition=Finished', 'wfx/greet', '--timeout=30s')).toBe(
      'workflowexecution.lockstep.dev/greet condition met\n',
    );
    expect((await table('get', 'wfx', 'greet'))[0]).toEqual(['NAME', 'PHASE', 'PROGRESS', 'STEP', 'REASON', 'AGE']);
    expect((await says('get', 'wfx', 'greet', '--no-headers')).split(/ +/).slice(0, 3)).toEqual([
      'greet',
      'Succeeded',
      '1/1',
    ]);
    expect((await table('get', 'wfx', '-o', 'wide'))[0]?.at(-1)).toBe('SUMMARY');
    expect(await says('get', 'wfx', 'greet', '-o', 'jsonpath={.status.phase}')).toBe('Succeeded');
    expect(await says('get', 'wfx', '--field-selector', 'status.phase=Succeeded', '-o', 'name')).toBe(
      'workflowexecution.lockstep.dev/greet\n',
    );
    const described = await says('describe', 'wfx', 'greet');
    expect(described).toMatch(/^Kind: +WorkflowExecution$/m);
    expect(described).toMatch(/^Events:\n {2}Type +Reason +Age +From +Message\n/m);
    const [header, pod = []] = await table('get', 'pods');
    expect(header).toEqual(['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE']);
    expect(pod.slice(1, 4)).toEqual(['0/1', 'Completed', '0']);
    expect(await says('logs', pod[0] ?? '')).toBe('hello\n');
    expect(await says('describe', 'pod', pod[0] ?? '')).toMatch(/^Controlled By: +WorkflowExecution\/greet$/m);
    // Not `unchanged`, on a real server neither: kubectl's patch names the steps without their defaults.
    expect(await says('apply', '-f', file)).toBe('workflowexecution.lockstep.dev/greet configured\n');
  }, 60_000);

  it('apply to an immutable spec: the refusal of the definition, as on a real server', async () => {
    const yaml = workflowYaml({ name: 'fixed', steps: [{ name: 'hello', script: 'true' }] });
    await says('apply', '-f', cli.file('fixed.yaml', yaml));
    const refused = await kubectl('apply', '-f', cli.file('changed.yaml', yaml.replace('true', 'false')));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /The WorkflowExecution "fixed" is invalid: spec: Forbidden: the spec of a WorkflowExecution never changes/,
    );
  });

  it('apply --dry-run=server and diff: what would be, and nothing is', async () => {
    const file = cli.file('map.yaml', MAP);
    const changed = cli.file('map-changed.yaml', MAP.replace('colour: red', 'colour: blue'));
    expect(await says('apply', '--dry-run=server', '-f', file)).toBe('configmap/paint created (server dry run)\n');
    expect((await kubectl('get', 'cm', 'paint')).stderr).toContain('configmaps "paint" not found');
    await says('apply', '-f', file);
    expect(await says('diff', '-f', file)).toBe('');
    const difference = await kubectl('diff', '-f', changed);
    expect(difference.code).toBe(1);
    expect(difference.stdout).toMatch(/^-\s+colour: red$/m);
    expect(difference.stdout).toMatch(/^\+\s+colour: blue$/m);
    expect(await says('apply', '-f', changed)).toBe('configmap/paint configured\n');
    expect(await says('get', 'cm', 'paint', '-o', 'jsonpath={.data.colour}')).toBe('blue');
    expect(await says('delete', '-f', file)).toContain('"paint" deleted');
  });

  it('apply merges lists by their keys, and takes away what was applied before and is no more', async () => {
    const job = (env: string): string => cli.file('job.yaml', JOB.replace('ENV', env));
    await says('apply', '-f', job('[{ name: A, value: "1" }, { name: B, value: "2" }]'));
    expect(await says('apply', '-f', job('[{ name: A, value: "1" }, { name: B, value: "2" }]'))).toContain('unchanged');
    await says('label', 'job', 'once', 'by=hand');
    const again = cli.file(
      'job-labelled.yaml',
      JOB.replace('ENV', '[{ name: A, value: "1" }, { name: B, value: "2" }]').replace(
        'name: once',
        'name: once, labels: { a: b }',
      ),
    );
    await says('apply', '-f', again);
    expect(await says('get', 'job', 'once', '-o', 'jsonpath={.metadata.labels.a}{.metadata.labels.by}')).toBe('bhand');
    expect(await says('wait', '--for=condition=Complete', 'job/once', '--timeout=30s')).toContain('condition met');
    const [header, row = []] = await table('get', 'jobs', '-o', 'wide');
    expect(header).toEqual(['NAME', 'STATUS', 'COMPLETIONS', 'DURATION', 'AGE', 'CONTAINERS', 'IMAGES', 'SELECTOR']);
    expect(row.slice(0, 3)).toEqual(['once', 'Complete', '1/1']);
    expect(await says('describe', 'job', 'once')).toMatch(/SuccessfulCreate/);
    const finalizers = (list: string): readonly string[] => [
      'patch',
      'job',
      'once',
      '--type=merge',
      `-p={"metadata":{"finalizers":[${list}]}}`,
    ];
    await says(...finalizers('"example.com/held"'));
    expect(await says('delete', 'job', 'once', '--wait=false')).toContain('"once" deleted');
    const held = await kubectl('wait', '--for=delete', 'job/once', '--timeout=1s');
    expect(held).toMatchObject({ code: 1, stderr: expect.stringContaining('timed out waiting') as string });
    await says(...finalizers(''));
    await says('wait', '--for=delete', 'job/once', '--timeout=30s');
    expect((await kubectl('get', 'job', 'once')).stderr).toContain('not found');
    expect((await kubectl('get', 'pods', '-l', 'job-name=once')).stderr).toContain('No resources found');
  }, 60_000);

  it('apply of a field that there is not: refused with its path, before anything is stored', async () => {
    const wrong = workflowYaml({ name: 'wrong', steps: [{ name: 'a', script: 'true' }] }).replace(
      'steps:',
      'stepz: 1\n  steps:',
    );
    const refused = await kubectl('apply', '-f', cli.file('wrong.yaml', wrong));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('strict decoding error: unknown field "spec.stepz"');
    expect((await kubectl('get', 'wfx', 'wrong')).stderr).toContain('not found');
  });

  it('explain: fields, types and words of our kinds, fields and types of built-in ones', async () => {
    const steps = await says('explain', 'wfx.spec.steps');
    expect(steps).toMatch(/^KIND: +WorkflowExecution$/m);
    expect(steps).toMatch(/^ {2}dependsOn\t<\[\]string>$/m);
    expect(steps).toContain('Earlier steps that must have ended well; only with order Graph.');
    expect(await says('explain', 'wfx')).toMatch(/^ {2}metadata\t<ObjectMeta>$/m);
    expect(await says('explain', 'pod.spec.containers.env')).toMatch(/^ {2}valueFrom\t<EnvVarSource>$/m);
    expect(await says('explain', 'job', '--recursive')).toMatch(/^ {4}backoffLimit\t<integer>$/m);
  });

  it('create of built-in kinds by name, which kubectl sends as protobuf, and run', async () => {
    expect(await says('create', 'namespace', 'by-name')).toBe('namespace/by-name created\n');
    const there = ['-n', 'by-name'];
    expect(await says('create', ...there, 'configmap', 'm', '--from-literal=a=1')).toContain('created');
    expect(await says('get', ...there, 'cm', 'm', '-o', 'jsonpath={.data.a}')).toBe('1');
    await says('create', ...there, 'role', 'r', '--verb=get', '--resource=pods');
    await says('create', ...there, 'rolebinding', 'rb', '--role=r', '--user=ann');
    expect(await says('get', ...there, 'rolebinding', 'rb', '-o', 'jsonpath={.subjects[0].name}')).toBe('ann');
    await says('create', ...there, 'job', 'j', '--image=busybox:1.36', '--', 'sh', '-c', 'echo by name');
    await says('wait', ...there, '--for=condition=Complete', 'job/j', '--timeout=30s');
    expect(await says('logs', ...there, 'job/j')).toBe('by name\n');
    const taken = await kubectl('create', 'namespace', 'by-name');
    expect(taken).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('namespaces "by-name" already exists') as string,
    });
    await says('delete', 'namespace', 'by-name');
  }, 60_000);

  it('describe node, cordon and uncordon', async () => {
    const [node = ''] = (await says('get', 'nodes', '-o', 'name')).trim().split('\n');
    const described = await says('describe', node);
    expect(described).toMatch(/^Conditions:$/m);
    expect(described).toMatch(/^ {2}Ready +True /m);
    expect(described).toMatch(/^Non-terminated Pods: /m);
    expect(await says('cordon', node)).toContain('cordoned');
    expect(await says('get', node)).toContain('Ready,SchedulingDisabled');
    expect(await says('uncordon', node)).toContain('uncordoned');
  });

  it('get of the usual kinds shows the usual columns', async () => {
    const headerOf = async (kind: string): Promise<string> =>
      (await says('get', kind, '-A')).split('\n')[0]?.replace(/ +/g, ' ').trim() ?? '';
    expect(await headerOf('ns')).toBe('NAME STATUS AGE');
    expect(await headerOf('nodes')).toBe('NAME STATUS ROLES AGE VERSION');
    expect(await headerOf('events')).toBe('NAMESPACE LAST SEEN TYPE REASON OBJECT MESSAGE');
    expect(await headerOf('leases')).toBe('NAMESPACE NAME HOLDER AGE');
    expect(await headerOf('crd')).toBe('NAME CREATED AT');
    expect(await says('get', 'pods,wfx', '-A')).toContain('workflowexecution.lockstep.dev/greet');
  });

  it('get --watch tells changes as rows, with the header once', async () => {
    const watching = kubectl('get', 'ns', '--watch', '--request-timeout=3s');
    await says('apply', '-f', cli.file('ns.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: seen }\n'));
    await says('delete', 'ns', 'seen');
    const { stdout } = await watching;
    expect(stdout.match(/NAME/g)).toHaveLength(1);
    expect(stdout).toMatch(/^seen +Active/m);
  }, 30_000);

  it('of what is not done says so: server-side apply, exec', async () => {
    const applied = await kubectl('apply', '--server-side', '-f', cli.file('map.yaml', MAP));
    expect(applied.code).not.toBe(0);
    expect(applied.stderr).toContain('Server-side apply not available on the server');
  });
});

const MAP = `apiVersion: v1
kind: ConfigMap
metadata: { name: paint }
data:
  colour: red
`;

const JOB = `apiVersion: batch/v1
kind: Job
metadata: { name: once }
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - { name: c, image: busybox:1.36, command: [sh, -c, 'echo hi'], env: ENV }
`;
