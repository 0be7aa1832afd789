import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

let tree: string;
let state: string;

// A tree with a build of its own, within this one so that what is not bundled is found in node_modules.
beforeAll(() => {
  mkdirSync('node_modules/.cache', { recursive: true });
  tree = realpathSync(mkdtempSync('node_modules/.cache/lockstep-start-'));
  state = mkdtempSync(join(tmpdir(), 'lockstep-start-'));
  execFileSync(process.execPath, ['scripts/build.mjs', join(tree, 'dist')]);
  symlinkSync(resolve('examples'), join(tree, 'examples'));
});

afterAll(() => {
  for (const folder of [tree, state]) rmSync(folder, { recursive: true, force: true });
});

function inTree(command: string, ...args: readonly string[]): Promise<Ended> {
  const { PATH } = process.env;
  const env = { PATH, HOME: state, XDG_STATE_HOME: state, LANG: 'C.UTF-8' };
  const child = spawn(command, args, { cwd: tree, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (text += piece.toString()));
  return new Promise((ended, failed) => {
    child.once('error', failed);
    child.once('close', (code) => {
      ended({ code, text });
    });
  });
}

describe('npm start', () => {
  it('runs the example to the end that it is meant to have, twice, and what it says to type next works', async () => {
    for (let time = 1; time <= 2; time += 1) {
      const { code, text } = await inTree(process.execPath, resolve('scripts/start.mjs'));
      expect({ code, text: code === 0 ? '' : text }).toEqual({ code: 0, text: '' });
      expect(text).toMatch(/FAILED remediate-web step \d\/\d warm-cache: .*out of memory at 64Mi/);
      expect(text).toContain('QuotaExceeded');
      const [, next = ''] = text.split(/ Next:\n/);
      const commands = next.split('\n').filter((line) => line.includes('cli.js'));
      expect(commands).toHaveLength(4);
      for (const command of commands) expect(await inTree('/bin/sh', '-c', command)).toMatchObject({ code: 0 });
    }
    expect(readdirSync(tree).sort()).toEqual(['dist', 'examples']);
  }, 90_000);
});
