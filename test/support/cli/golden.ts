/** A text with everything replaced that differs from one run to the next. */
export function settled(text: string, home: string): string {
  return text
    .replaceAll(home, 'HOME')
    .replace(/node [^ \n]*cli\.js/g, 'lockstep')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, 'TIME')
    .replace(/\b\d\d:\d\d:\d\dZ?/g, 'TIME')
    .replace(/\b(\d+h)?(\d+m)?(\d+s|\d+ms)\b/g, 'DURATION')
    .replace(/-[a-z2-7]{10}-a(\d)/g, '-ID-a$1')
    .replace(/; the kernel enforces memory limits .*|; .*memory.*\.$/gm, '; MEMORY.')
    .replace(/Cgroup: .*|Watched: .*|NotEnforced: .*/g, 'MEMORY')
    .replace(/sha256:[0-9a-f…]+/g, 'DIGEST')
    .replace(/process \d+/g, 'process PID')
    .replace(/ {2,}TIME/g, '  TIME')
    .replace(/DURATION {2,}/g, 'DURATION  ')
    .replace(/[ \t]+$/gm, '');
}
