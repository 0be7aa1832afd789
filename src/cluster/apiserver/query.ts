import { forbidden, invalid, notSupported } from '../field-error.js';
import type { FieldError } from '../field-error.js';
import type { JsonObject } from '../../api/json.js';
import { isJsonObject } from '../../api/json.js';
import { badRequestError, invalidError } from './errors.js';

export type Query = Readonly<Record<string, string>>;

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
}

export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface ListOptions {
  readonly labelSelector: string;
  readonly fieldSelector: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: '' | 'Exact' | 'NotOlderThan';
  readonly limit: number;
  readonly continueToken: string;
  readonly timeoutSeconds?: number;
  readonly watch: boolean;
  readonly allowWatchBookmarks: boolean;
}

const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation', 'pretty', 'timeout', 'force'];
const DELETE_PARAMETERS = [
  'dryRun',
  'gracePeriodSeconds',
  'orphanDependents',
  'propagationPolicy',
  'pretty',
  'timeout',
];
const COLLECTION_PARAMETERS = [
  ...['labelSelector', 'fieldSelector', 'resourceVersion', 'resourceVersionMatch', 'limit', 'continue'],
  ...['timeoutSeconds', 'watch', 'allowWatchBookmarks', 'sendInitialEvents'],
];

const POLICIES = ['Foreground', 'Background', 'Orphan'] as const;

/** Unknown parameters of a write are refused, so that nobody believes in a dry run that was misspelt (review E2). */
export function readWriteOptions(query: Query, type: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions'): WriteOptions {
  refuseUnknown(query, WRITE_PARAMETERS);
  const errors: FieldError[] = [...dryRunErrors(query['dryRun'] === undefined ? [] : [query['dryRun']])];
  const fieldValidation = query['fieldValidation'] ?? '';
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(fieldValidation))
    errors.push(notSupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']));
  refuse(type, errors);
  return {
    dryRun: query['dryRun'] === 'All',
    fieldValidation: fieldValidation === 'Ignore' || fieldValidation === 'Strict' ? fieldValidation : 'Warn',
  };
}

/** From the query and the body (a DeleteOptions), the body first. */
export function readDeleteOptions(query: Query, body: JsonObject, collection: boolean): DeleteOptions {
  refuseUnknown(query, collection ? [...DELETE_PARAMETERS, ...COLLECTION_PARAMETERS] : DELETE_PARAMETERS);
  const policy = textOf(body['propagationPolicy']) ?? query['propagationPolicy'];
  const orphan = typeof body['orphanDependents'] === 'boolean' ? body['orphanDependents'] : query['orphanDependents'];
  const dryRun = Array.isArray(body['dryRun']) ? body['dryRun'].map(String) : [query['dryRun'] ?? []].flat();
  const known = POLICIES.find((name) => name === policy);
  const errors: FieldError[] = [];
  if (policy !== undefined && orphan !== undefined)
    errors.push(invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'));
  else if (policy !== undefined && known === undefined)
    errors.push(notSupported('propagationPolicy', policy, [...POLICIES, 'nil']));
  errors.push(...dryRunErrors(dryRun));
  refuse('DeleteOptions', errors);
  const grace = body['gracePeriodSeconds'] ?? readInteger(query['gracePeriodSeconds']);
  const effective = known ?? (orphan === undefined ? undefined : String(orphan) === 'true' ? 'Orphan' : 'Background');
  return {
    dryRun: dryRun.includes('All'),
    ...(typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}),
    ...(effective === undefined ? {} : { propagationPolicy: effective }),
    ...(isJsonObject(body['preconditions']) ? { preconditions: readPreconditions(body['preconditions']) } : {}),
  };
}

function readPreconditions(value: JsonObject): { readonly uid?: string; readonly resourceVersion?: string } {
  const uid = textOf(value['uid']);
  const resourceVersion = textOf(value['resourceVersion']);
  return { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) };
}

export function readListOptions(query: Query): ListOptions {
  const match = query['resourceVersionMatch'] ?? '';
  const resourceVersion = query['resourceVersion'] ?? '';
  const watch = readBoolean(query['watch']);
  const timeoutSeconds = readInteger(query['timeoutSeconds']);
  const limit = readInteger(query['limit']) ?? 0;
  const continueToken = query['continue'] ?? '';
  refuse('ListOptions', [
    ...initialEventsErrors(query, watch),
    ...matchErrors(match, { resourceVersion, continueToken, watch }),
  ]);
  // apiserver/pkg/storage ValidateListOptions; 0 is any version, which the token's is.
  if (!watch && continueToken !== '' && resourceVersion !== '' && resourceVersion !== '0')
    throw badRequestError('specifying resource version is not allowed when using continue');
  return {
    labelSelector: query['labelSelector'] ?? '',
    fieldSelector: query['fieldSelector'] ?? '',
    resourceVersion,
    resourceVersionMatch: match === 'Exact' || match === 'NotOlderThan' ? match : '',
    limit,
    continueToken,
    watch,
    allowWatchBookmarks: readBoolean(query['allowWatchBookmarks']),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

function initialEventsErrors(query: Query, watch: boolean): readonly FieldError[] {
  if (query['sendInitialEvents'] === undefined) return [];
  const why = watch
    ? 'streaming lists are not served by the embedded API server; list, then watch'
    : 'sendInitialEvents is forbidden for list';
  return [forbidden('sendInitialEvents', why)];
}

/** apimachinery ValidateListOptions. */
function matchErrors(
  match: string,
  options: { readonly resourceVersion: string; readonly continueToken: string; readonly watch: boolean },
): readonly FieldError[] {
  const field = 'resourceVersionMatch';
  if (match === '') return [];
  if (options.watch) return [forbidden(field, 'resourceVersionMatch is forbidden for watch')];
  if (options.resourceVersion === '')
    return [forbidden(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided')];
  if (options.continueToken !== '')
    return [forbidden(field, 'resourceVersionMatch is forbidden when continue is provided')];
  if (match !== 'Exact' && match !== 'NotOlderThan') return [notSupported(field, match, ['Exact', 'NotOlderThan', ''])];
  if (match === 'Exact' && options.resourceVersion === '0')
    return [forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')];
  return [];
}

function dryRunErrors(values: readonly string[]): readonly FieldError[] {
  return values.every((value) => value === 'All') ? [] : [notSupported('dryRun', values, ['All'])];
}

function refuse(kind: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidError({ group: 'meta.k8s.io', kind }, '', errors);
}

function refuseUnknown(query: Query, known: readonly string[]): void {
  const unknown = Object.keys(query).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const names = unknown.map((name) => JSON.stringify(name)).join(', ');
  throw badRequestError(`unknown query parameter ${names}; known for this request: ${known.join(', ')}`);
}

export function readInteger(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequestError(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

/** conversion.Convert_Slice_string_To_bool: anything but false and 0 is true. */
export function readBoolean(text: string | undefined): boolean {
  return text !== undefined && text !== '' && text.toLowerCase() !== 'false' && text !== '0';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
