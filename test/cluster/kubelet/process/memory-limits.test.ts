import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RuntimeFixture, shell } from './runtime-fixture.js';

const MIB = 1024 * 1024;
/** Takes 300 MB of resident memory, and keeps it for a while. */
const HOG = `exec node -e 'const a=[];for(let i=0;i<300;i++)a.push(Buffer.alloc(1e6,1));setTimeout(()=>{},1500)'`;
const CHILD_HOG = `node -e 'const a=[];for(let i=0;i<300;i++)a.push(Buffer.alloc(1e6,1));setTimeout(()=>{},1500)'; exit 7`;

let fixture: RuntimeFixture;
beforeEach(() => {
  fixture = new RuntimeFixture();
});
afterEach(async () => {
  await fixture.close();
});

/** Where CI must reach the kernel's own enforcement it says so: then its absence is a failure, not a skip. */
const required = process.env['LOCKSTEP_TEST_CGROUP'] === 'required';

describe('memory limits on the level Cgroup', () => {
  it('are reached where the machine must have them', () => {
    if (required) expect(fixture.runtime().memoryLimits.level).toBe('Cgroup');
  });

  it('end a container as OOMKilled because the kernel killed it, and leave no group', async ({ skip }) => {
    const runtime = fixture.runtime();
    if (runtime.memoryLimits.level !== 'Cgroup') skip('no cgroup may be made here');
    const path = /(\/\S+)\)$/.exec(runtime.memoryLimits.message)?.[1] ?? '';
    await runtime.start(shell(HOG, { memoryLimit: 100 * MIB }));
    expect(readdirSync(path).some((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
    expect(await fixture.end(runtime)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    expect(fixture.notices).toEqual([]);
    await fixture.until(() => !readdirSync(path).some((name) => /^[0-9a-f]{64}$/.test(name)));
    await runtime.close();
    expect(existsSync(path)).toBe(false);
  });

  it('tell the kill of a child, after which the program went on, with the exit code of the program', async ({
    skip,
  }) => {
    const runtime = fixture.runtime();
    if (runtime.memoryLimits.level !== 'Cgroup') skip('no cgroup may be made here');
    await runtime.start(shell(CHILD_HOG, { memoryLimit: 100 * MIB }));
    expect(await fixture.end(runtime)).toMatchObject({ exitCode: 7, reason: 'OOMKilled' });
  });

  it('do not make an OOM of a SIGKILL that somebody else sent', async ({ skip }) => {
    const runtime = fixture.runtime();
    if (runtime.memoryLimits.level !== 'Cgroup') skip('no cgroup may be made here');
    await runtime.start(shell('kill -KILL $$', { memoryLimit: 100 * MIB }));
    expect(await fixture.end(runtime)).toMatchObject({ exitCode: 137, reason: 'Error' });
  });
});

describe('memory limits on the level Watched', () => {
  it('end a container as OOMKilled, and say whose kill it was', async ({ skip }) => {
    const runtime = fixture.runtime({ memory: 'Watched' });
    if (runtime.memoryLimits.level !== 'Watched') skip('no /proc here');
    await runtime.start(shell(HOG, { memoryLimit: 100 * MIB }));
    const end = await fixture.end(runtime);
    expect(end).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    expect(end.message).toContain('killed by the embedded kubelet');
    expect(fixture.notices).toMatchObject([{ type: 'Warning', reason: 'MemoryLimitExceeded', container: 'main' }]);
  });

  it('leave alone what stays below', async () => {
    const runtime = fixture.runtime({ memory: 'Watched' });
    await runtime.start(shell('sleep 0.4', { memoryLimit: 20 * MIB }));
    expect(await fixture.end(runtime)).toMatchObject({ exitCode: 0 });
  });
});

describe('memory limits that are not enforced', () => {
  it('are told so for each container that has one', async () => {
    const runtime = fixture.runtime({ memory: 'NotEnforced' });
    expect(runtime.memoryLimits.level).toBe('NotEnforced');
    await runtime.start(shell('true', { memoryLimit: MIB }));
    expect(fixture.notices).toMatchObject([{ type: 'Warning', reason: 'MemoryLimitNotEnforced' }]);
    expect(await fixture.end(runtime)).toMatchObject({ exitCode: 0 });
  });
});
