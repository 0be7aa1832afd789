import { createProcessRuntime } from '../../../../src/cluster/kubelet/index.js';
import { systemClock } from '../../../../src/runtime/system-clock.js';
import { shell } from './runtime-fixture.js';

/** Run in a process of its own, to be killed: starts one command on the data directory given, and stays. */
const [, , dataDir = '', line = ''] = process.argv;
const runtime = createProcessRuntime({ clock: systemClock, dataDir });
process.stdout.write('ready\n');
await runtime.start(shell(line));
systemClock.after(60_000, () => undefined);
