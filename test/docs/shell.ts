import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

export interface Did {
  readonly code: number;
  /** What it printed, on both streams. */
  readonly output: string;
}

/** No command of a page takes longer, on a machine that has other things to do. */
const LIMIT_MS = 180_000;

async function tooLong(signal: AbortSignal): Promise<null> {
  await setTimeout(LIMIT_MS, null, { signal, ref: false }).catch(() => undefined);
  return null;
}

/** One shell that commands are typed into, one after the other: what they define and start stays, as in a terminal. */
export class Shell {
  readonly #bash: ChildProcess;
  readonly #home: string;
  readonly #answers: AsyncIterator<string>;
  #typed = 0;

  constructor(options: { readonly cwd: string; readonly home: string; readonly env: NodeJS.ProcessEnv }) {
    this.#home = options.home;
    this.#bash = spawn('bash', ['--noprofile', '--norc'], {
      cwd: options.cwd,
      env: { ...options.env, HOME: options.home },
      stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    });
    // As in a terminal, a job is a process group: `kill %1` reaches all of it.
    this.#bash.stdin?.write('set -m\n');
    this.#answers = createInterface({ input: this.#bash.stdio[3] as Readable })[Symbol.asyncIterator]();
  }

  /** Types a command and waits for its end. */
  async type(command: string): Promise<Did> {
    this.#typed += 1;
    const file = join(this.#home, `output-${this.#typed}`);
    // In the shell itself, not in a subshell; what goes on in the background must not hold the answer's descriptor.
    this.#bash.stdin?.write(`{\n${command}\n} </dev/null >'${file}' 2>&1 3>&-\necho $? >&3\n`);
    const timeout = new AbortController();
    const answer = await Promise.race([this.#answers.next(), tooLong(timeout.signal)]);
    timeout.abort();
    const output = readFileSync(file, 'utf8');
    if (answer === null) throw new Error(`it did not end within ${LIMIT_MS / 1_000} s:\n$ ${command}\n${output}`);
    if (answer.done === true) throw new Error(`the shell ended with this command:\n${output}`);
    return { code: Number(answer.value), output };
  }

  /** Ends it, with the jobs that go on in it. */
  async close(): Promise<void> {
    await this.type('for job in $(jobs -p); do kill -KILL -- "-$job"; done');
    this.#bash.stdin?.end();
  }
}
