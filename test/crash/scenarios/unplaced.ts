import { container } from '../../support/embedded/steps.js';

/** A step whose pod no node takes. */
export const UNPLACED = {
  name: 'a',
  pod: { spec: { nodeSelector: { disk: 'ssd' }, containers: [container('a')] } },
};
