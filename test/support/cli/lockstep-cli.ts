import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A command that has ended. `code` is null where a signal ended it. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Started {
  readonly child: ChildProcess;
  /** What it printed so far, on both streams. */
  output(): string;
  /** Settles when the output matches. Rejects when the command ends without. */
  until(pattern: RegExp): Promise<void>;
  readonly ended: Promise<Ended>;
}

/**
 * The command line as a stranger meets it: built from the sources as they are now, run as processes of their own in a
 * temporary home. KUBECONFIG names a server that is not there: who touches it fails.
 */
export class LockstepCli {
  readonly home: string;
  readonly dataDir: string;
  readonly #build: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #children = new Set<ChildProcess>();

  constructor() {
    // Within the tree, so that what is not bundled is found in node_modules.
    mkdirSync('node_modules/.cache', { recursive: true });
    this.#build = mkdtempSync('node_modules/.cache/lockstep-cli-');
    execFileSync(process.execPath, ['scripts/build.mjs', this.#build]);
    this.home = mkdtempSync(join(tmpdir(), 'lockstep-cli-'));
    this.dataDir = join(this.home, 'data');
    const { PATH } = process.env;
    this.#env = {
      PATH,
      HOME: this.home,
      XDG_STATE_HOME: join(this.home, 'state'),
      KUBECONFIG: this.file('ambient-kubeconfig', AMBIENT),
      LOCKSTEP_USER: 'tester',
      LANG: 'C.UTF-8',
      NODE_OPTIONS: '--max-old-space-size=1500',
    };
  }

  /** Writes a file into the home; its path. */
  file(name: string, text: string): string {
    const path = join(this.home, name);
    writeFileSync(path, text);
    return path;
  }

  /** Runs a verb on the data directory of this test, to its end. */
  run(...args: readonly string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  /** Starts a verb on the data directory of this test. */
  start(...args: readonly string[]): Started {
    return this.startBare(...args, '--data-dir', this.dataDir);
  }

  /** Starts a verb with nothing but what is given. */
  startBare(...args: readonly string[]): Started {
    return this.#spawn(process.execPath, [join(this.#build, 'cli.js'), ...args]);
  }

  /** Types a line into a shell in which `lockstep` and the printed `node …/cli.js` both are this build. */
  shell(line: string): Promise<Ended> {
    return this.#spawn('/bin/sh', ['-c', line]).ended;
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.home, { recursive: true, force: true });
    rmSync(this.#build, { recursive: true, force: true });
  }

  #spawn(command: string, args: readonly string[]): Started {
    const child = spawn(command, args, { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.add(child);
    let stdout = '';
    let stderr = '';
    const lookers = new Set<() => void>();
    const look = (): void => {
      for (const looker of lookers) looker();
    };
    child.stdout.on('data', (piece: Buffer) => {
      stdout += piece.toString();
      look();
    });
    child.stderr.on('data', (piece: Buffer) => {
      stderr += piece.toString();
      look();
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.#children.delete(child);
        resolve({ code, signal, stdout, stderr });
      });
    });
    const output = (): string => stderr + stdout;
    const until = async (pattern: RegExp): Promise<void> => {
      const seen = new Promise<void>((resolve) => {
        const looker = (): void => {
          if (pattern.test(output())) resolve();
        };
        lookers.add(looker);
        looker();
      });
      const none = ended.then(() => {
        if (!pattern.test(output())) throw new Error(`ended without ${String(pattern)}:\n${output()}`);
      });
      await Promise.race([seen, none]);
    };
    return { child, output, until, ended };
  }
}

/** Nothing listens on port 9. */
const AMBIENT = `apiVersion: v1
kind: Config
clusters: [{ name: ambient, cluster: { server: 'http://127.0.0.1:9' } }]
users: [{ name: ambient, user: {} }]
contexts: [{ name: ambient, context: { cluster: ambient, user: ambient } }]
current-context: ambient
`;
