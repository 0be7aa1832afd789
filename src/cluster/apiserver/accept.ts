import { notAcceptableError } from './errors.js';

/** How objects are shown: as they are, as a table for people, or only their metadata. */
export type View = 'object' | 'table' | 'metadata';

/** What a client takes: one entry of its Accept header. */
interface MediaRange {
  readonly media: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const JSON_RANGES: readonly string[] = ['*/*', 'application/*', 'application/json', 'text/plain'];

/**
 * The first view of an Accept header that this server has; JSON is all that it writes. Other forms of the views (v1beta1)
 * are passed over, as protobuf and CBOR are. Throws 406 where nothing is left.
 */
export function readView(accept: string): View {
  if (accept.trim() === '') return 'object';
  for (const { media, parameters } of rangesOf(accept)) {
    if (!JSON_RANGES.includes(media)) continue;
    const { as, v, g } = parameters;
    if (as === undefined) return 'object';
    if (media !== 'application/json' || g !== 'meta.k8s.io' || v !== 'v1') continue;
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
  }
  throw notAcceptableError();
}

/** Whether a client asks for aggregated discovery in its stable form before plain discovery. */
export function wantsAggregated(accept: string): boolean {
  const first = rangesOf(accept).find(({ media, parameters }) => {
    if (!JSON_RANGES.includes(media)) return false;
    return parameters['as'] === undefined || (parameters['as'] === 'APIGroupDiscoveryList' && parameters['v'] === 'v2');
  });
  return first?.parameters['as'] !== undefined;
}

function rangesOf(accept: string): readonly MediaRange[] {
  return accept.split(',').map((range) => {
    const [media = '', ...rest] = range.split(';').map((part) => part.trim());
    const pairs = rest.map((part) => part.split('=').map((side) => side.trim()));
    const parameters = Object.fromEntries(pairs.map(([name = '', value = '']) => [name.toLowerCase(), value]));
    return { media: media.toLowerCase(), parameters };
  });
}
