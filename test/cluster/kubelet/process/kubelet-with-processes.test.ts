import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pod } from '../../../../src/api/kube.js';
import type { PodStatus } from '../../../../src/cluster/kubelet/core/situation.js';
import { createProcessRuntime } from '../../../../src/cluster/kubelet/index.js';
import { systemClock } from '../../../../src/runtime/system-clock.js';
import { KubeletFixture, NODE } from '../kubelet-fixture.js';
import { RuntimeFixture } from './runtime-fixture.js';

let folder: RuntimeFixture;
beforeEach(() => {
  folder = new RuntimeFixture();
});
afterEach(async () => {
  await folder.close();
});

function pod(command: string, limit?: string): Pod {
  const resources = limit === undefined ? {} : { resources: { limits: { memory: limit } } };
  const main = { name: 'main', image: 'busybox', command: ['sh', '-c', command], ...resources };
  return { spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 2, containers: [main] } };
}

/** A kubelet whose containers are processes; its own clock is virtual, theirs is real. */
async function run(one: Pod): Promise<{ readonly fixture: KubeletFixture; readonly end: () => Promise<PodStatus> }> {
  const runtime = createProcessRuntime({ clock: systemClock, dataDir: folder.dataDir });
  const fixture = new KubeletFixture(() => ({}), runtime);
  await fixture.start(one);
  const end = async (): Promise<PodStatus> => {
    for (;;) {
      const status = (await fixture.pod()).status ?? {};
      if (status.phase === 'Succeeded' || status.phase === 'Failed') return status;
      await new Promise<void>((resolve) => {
        systemClock.after(10, resolve);
      });
    }
  };
  return { fixture, end };
}

describe('a pod whose containers are processes', () => {
  it('succeeds with its message, and its log can be read through the kubelet', async () => {
    const { fixture, end } = await run(
      pod('echo hello; echo \'{"n":1}\' > "${TERMINATION_LOG:-/dev/termination-log}"'),
    );
    expect(await end()).toMatchObject({
      phase: 'Succeeded',
      containerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed', message: '{"n":1}\n' } } }],
    });
    const { uid } = (await fixture.pod()).metadata;
    const query = { container: 'main', follow: false, previous: false, timestamps: false } as const;
    const name = { namespace: 'ns', name: 'p', uid, nodeName: NODE };
    expect(await fixture.kubelet.logs.readLog(name, query, new AbortController().signal)).toBe('hello\n');
    await fixture.kubelet.stop();
  });

  it('is Failed as OOMKilled when it takes more memory than it may', async () => {
    const hog = `exec node -e 'const a=[];for(let i=0;i<300;i++)a.push(Buffer.alloc(1e6,1));setTimeout(()=>{},1500)'`;
    const { fixture, end } = await run(pod(hog, '100Mi'));
    expect(await end()).toMatchObject({
      phase: 'Failed',
      containerStatuses: [{ state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }],
    });
    await fixture.kubelet.stop();
  });

  it('is left running by a kubelet that stops, and told by the next', async () => {
    const { fixture } = await run(pod('sleep 0.3; exit 6'));
    await folder.until(() => fixture.statuses().at(-1)?.['phase'] === 'Running');
    await fixture.kubelet.stop();
    const runtime = createProcessRuntime({ clock: systemClock, dataDir: folder.dataDir });
    fixture.kubelet = fixture.makeKubelet(runtime);
    await fixture.kubelet.start();
    await folder.until(() => fixture.statuses().at(-1)?.['phase'] === 'Failed');
    expect((await fixture.pod()).status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 0,
      state: { terminated: { exitCode: 6 } },
    });
    await fixture.kubelet.stop();
  });
});
