import { decisionFigures } from './decisions.js';
import { ratioOf, tableOf } from './figure.js';
import { passFigures } from './passes.js';
import { verdictFigures } from './verdicts.js';

// `npm run bench [-- --smoke]`: ends with 1 where a figure is missed. --smoke: shorter, for CI.
const smoke = process.argv.includes('--smoke');
const seconds = smoke ? 2 : 6;
const figures = [...decisionFigures(seconds), ...passFigures(seconds / 3), ...verdictFigures(seconds)];
const missed = figures.filter((figure) => (ratioOf(figure) ?? 1) < 1);
process.stdout.write(`${tableOf(figures)}\nbench: ${figures.length} figures, ${missed.length} missed\n`);
process.exitCode = missed.length === 0 ? 0 : 1;
