import { parseArgs } from 'node:util';

export interface Options {
  readonly worker: boolean;
  /** Every point there is, not the choice that a run of some minutes makes. */
  readonly all: boolean;
  /** Only this scenario; of it only the point with this label. */
  readonly scenario: string | null;
  readonly point: string | null;
  /** Only this defect, or `all` of them, is patched in and looked for; no scenario is tried. */
  readonly defect: string | null;
  readonly defects: boolean;
  readonly workers: number;
}

export const USAGE = `npm run crash                             every scenario, then every defect
npm run crash -- --all                    every scenario with every point there is; takes long
npm run crash -- --scenario NAME          one scenario; with --all, too
npm run crash -- --scenario NAME --point LABEL   one point of it, as it stands in the list of failures
npm run crash -- --defect NAME            one defect, or all of them, and no scenarios
npm run crash -- --no-defects             no defects
--workers N                               processes; default: one for each core`;

/** @throws TypeError on an option that is unknown */
export function readOptions(argv: readonly string[], cores: number): Options {
  const { values } = parseArgs({
    args: [...argv],
    allowNegative: true,
    options: {
      worker: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      scenario: { type: 'string' },
      point: { type: 'string' },
      defect: { type: 'string' },
      defects: { type: 'boolean', default: true },
      workers: { type: 'string' },
    },
  });
  const workers = Number(values.workers ?? cores);
  if (!Number.isInteger(workers) || workers < 1) throw new TypeError('--workers takes a number from 1');
  if (values.point !== undefined && values.scenario === undefined) throw new TypeError('--point needs --scenario');
  return {
    worker: values.worker,
    all: values.all,
    scenario: values.scenario ?? null,
    point: values.point ?? null,
    defect: values.defect ?? null,
    defects: values.defects && values.scenario === undefined,
    workers,
  };
}
