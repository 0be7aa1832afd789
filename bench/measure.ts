const ROUNDS = 8;

/**
 * How often something can be done in a second of this process's CPU. The best of several rounds: what else the machine
 * does can only make a round slower.
 */
export function perSecond(work: () => void, seconds: number): number {
  const rounds = Array.from({ length: ROUNDS }, () => round(work, seconds / ROUNDS));
  return Math.max(...rounds);
}

function round(work: () => void, seconds: number): number {
  const begin = cpuSeconds();
  let count = 0;
  let spent = 0;
  for (let batch = 1; spent < seconds; batch = Math.min(batch * 2, 64)) {
    for (let index = 0; index < batch; index += 1) work();
    count += batch;
    spent = cpuSeconds() - begin;
  }
  return count / spent;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}
