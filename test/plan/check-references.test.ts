import { describe, expect, it } from 'vitest';
import { delayStep, podStep, problemsOf } from './specs.js';

const SECRET = { name: 'token', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } };
const SITES = 'spec.steps[0].pod.spec.containers[0]';

describe('references in a spec', () => {
  it('stand in env values, args and command elements, of init containers and jobs too', () => {
    const container = {
      name: 'c',
      image: 'busybox',
      command: ['${params.x}'],
      args: ['-x=${params.x}'],
      env: [{ name: 'X', value: '${params.x}' }],
    };
    const spec = { initContainers: [{ ...container, name: 'i' }], containers: [container] };
    const steps = [
      { name: 'a', pod: { spec } },
      { name: 'b', job: { spec: { template: { spec } } } },
    ];
    expect(problemsOf({ steps, parameters: [{ name: 'x', value: '1' }] })).toEqual([]);
  });

  it('are refused everywhere else: image, names, settings, volumes, annotations', () => {
    const spec = {
      serviceAccountName: '${params.x}',
      securityContext: { seLinuxOptions: { level: '${params.x}' } },
      volumes: [{ name: 'v', configMap: { name: '${params.x}' } }],
      containers: [
        {
          name: '${params.x}',
          image: 'busybox:${params.x}',
          workingDir: '${params.x}',
          env: [
            { name: '${params.x}', value: 'y' },
            { name: 'Y', valueFrom: { fieldRef: { fieldPath: '${params.x}' } } },
          ],
        },
      ],
    };
    const job = {
      spec: {
        template: {
          metadata: { annotations: { 'a.example/b': '${params.x}' } },
          spec: { containers: [{ name: 'm', image: 'i' }] },
        },
      },
    };
    const faults = problemsOf({
      steps: [
        { name: 'a', pod: { spec } },
        { name: 'b', job },
      ],
      parameters: [{ name: 'x', value: '1' }],
    });
    const paths = [
      'spec.serviceAccountName',
      'spec.securityContext.seLinuxOptions.level',
      'spec.volumes[0].configMap.name',
      'spec.containers[0].name',
      'spec.containers[0].image',
      'spec.containers[0].workingDir',
      'spec.containers[0].env[0].name',
      'spec.containers[0].env[1].valueFrom.fieldRef.fieldPath',
    ].map((path) => `spec.steps[0].pod.${path}`);
    paths.push('spec.steps[1].job.spec.template.metadata.annotations["a.example/b"]');
    expect(faults.sort()).toEqual(
      paths.map((path) => `${path}: \${params.x} may only stand in an env value, in args or in command`).sort(),
    );
  });

  it('are refused where they name no parameter', () => {
    expect(
      problemsOf({
        parameters: [{ name: 'replicas', value: '1' }],
        steps: [podStep('a', {}, { args: ['${params.replica} ${params.zzz}', '${param.x} ${HOME}', '${params.a-b}'] })],
      }),
    ).toEqual([
      `${SITES}.args[0]: \${params.replica}: there is no parameter replica; did you mean replicas?`,
      `${SITES}.args[0]: \${params.zzz}: there is no parameter zzz`,
      `${SITES}.args[2]: \${params.a-b}: is neither \${params.NAME} nor \${steps.STEP.outputs.NAME}; write $\${ for a literal \${`,
    ]);
  });

  it('are refused where an output is not surely there: unknown, later, own, beside, not declared', () => {
    const outputs = [{ name: 'healthy', type: 'boolean' }];
    const steps = [
      delayStep('beside', { outputs }),
      podStep('probe', { outputs }, { args: ['${steps.probe.outputs.healthy}'] }),
      podStep(
        'warm',
        { dependsOn: ['probe'] },
        {
          args: [
            '${steps.probe.outputs.healthy}',
            '${steps.probe.outputs.healty}',
            '${steps.prob.outputs.healthy}',
            '${steps.beside.outputs.healthy}',
            '${steps.scale.outputs.healthy}',
          ],
        },
      ),
      delayStep('scale', { dependsOn: ['warm'], outputs }),
    ];
    const args = 'spec.steps[2].pod.spec.containers[0].args';
    expect(problemsOf({ order: 'Graph', steps })).toEqual([
      'spec.steps[1].pod.spec.containers[0].args[0]: ${steps.probe.outputs.healthy}: step probe has no outputs before it has run',
      `${args}[1]: \${steps.probe.outputs.healty}: step probe declares no output healty; did you mean healthy?`,
      `${args}[2]: \${steps.prob.outputs.healthy}: there is no step prob; did you mean probe?`,
      `${args}[3]: \${steps.beside.outputs.healthy}: step beside is not surely over when warm begins; make it a dependency`,
      `${args}[4]: \${steps.scale.outputs.healthy}: step scale is not surely over when warm begins; make it a dependency`,
    ]);
  });

  it('reach through dependencies of dependencies, and from finally to every step', () => {
    const outputs = [{ name: 'x' }];
    const use = { args: ['${steps.a.outputs.x}'] };
    const steps = [
      delayStep('a', { outputs }),
      delayStep('b', { dependsOn: ['a'] }),
      podStep('c', { dependsOn: ['b'] }, use),
    ];
    expect(problemsOf({ order: 'Graph', steps, finally: [podStep('z', {}, use)] })).toEqual([]);
  });

  it('X2: a secret is a whole env value and nothing else', () => {
    const env = [
      { name: 'A', value: '${params.token}' },
      { name: 'B', value: 'Bearer ${params.token}' },
    ];
    expect(
      problemsOf({
        parameters: [SECRET],
        steps: [
          podStep(
            'a',
            { when: 'params.token == "x"' },
            { env, args: ['${params.token}'], command: ['${params.token}'] },
          ),
        ],
      }),
    ).toEqual([
      `${SITES}.command[0]: \${params.token}: a secret may only be a whole env value`,
      `${SITES}.args[0]: \${params.token}: a secret may only be a whole env value`,
      `${SITES}.env[1].value: \${params.token}: a secret may only be a whole env value`,
      'spec.steps[0].when: step a: parameter token is a secret, which Lockstep never reads',
    ]);
  });

  it('X2: names of env variables that begin with LOCKSTEP_ are reserved', () => {
    expect(problemsOf({ steps: [podStep('a', {}, { env: [{ name: 'LOCKSTEP_FENCE', value: '1' }] })] })).toEqual([
      `${SITES}.env[0].name: LOCKSTEP_FENCE: names that begin with LOCKSTEP_ are reserved`,
    ]);
  });
});
