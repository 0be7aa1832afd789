// Makes docs/reference from crds/: a page per kind with every field, its type, default and limits.
// `--check` changes nothing and fails when a page is stale (CI).
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

const check = process.argv.includes('--check');
const stale = [];

/** Rows of a table, one per field, depth first in the order of the schema. */
function rows(schema, path, required) {
  const own = path === '' ? [] : [row(schema, path, required)];
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    rows(child, path === '' ? name : `${path}.${name}`, (schema.required ?? []).includes(name)),
  );
  const items = schema.items?.properties
    ? rows({ ...schema.items, description: undefined }, `${path}[]`, false).slice(1)
    : [];
  return [...own, ...properties, ...items];
}

function row(schema, path, required) {
  const text = [schema.description, ...limits(schema)]
    .filter(Boolean)
    .map((part) => part.replace(/\.$/, ''))
    .join('. ');
  const fallback =
    schema.default === undefined ? (required ? '*required*' : '') : `\`${JSON.stringify(schema.default)}\``;
  return `| \`${path}\` | ${typeOf(schema)} | ${fallback.replaceAll('|', '\\|')} | ${text.replaceAll('|', '\\|').replaceAll('\n', ' ')} |`;
}

function typeOf(schema) {
  if (schema.enum) return schema.enum.map((word) => `\`${word}\``).join(', ');
  if (schema.type === 'array')
    return `list of ${schema.items?.properties ? 'objects' : (schema.items?.type ?? 'anything')}`;
  if (schema.format === 'date-time') return 'instant (RFC 3339)';
  return schema.type ?? 'anything';
}

function limits(schema) {
  const said = [];
  if (schema.maxItems !== undefined) said.push(`At most ${schema.maxItems}`);
  if (schema.maxLength !== undefined && !schema.enum) said.push(`At most ${schema.maxLength} characters`);
  if (schema.minimum !== undefined || schema.maximum !== undefined)
    said.push(`From ${schema.minimum ?? '−∞'} to ${schema.maximum ?? '∞'}`);
  if (schema.pattern !== undefined) said.push(`Pattern \`${schema.pattern}\``);
  for (const rule of schema['x-kubernetes-validations'] ?? []) if (rule.message) said.push(`Rule: ${rule.message}`);
  return said;
}

function page(crd) {
  const { kind, plural, shortNames } = crd.spec.names;
  const [version] = crd.spec.versions;
  const schema = version.schema.openAPIV3Schema;
  const table = (part) =>
    [
      '| field | type | default | meaning |',
      '| --- | --- | --- | --- |',
      ...rows(schema.properties[part], '', false),
    ].join('\n');
  const columns = (version.additionalPrinterColumns ?? [])
    .map(({ name, jsonPath }) => `${name} (\`${jsonPath}\`)`)
    .join(', ');
  return `<!-- Generated from crds/ by \`npm run generate\`; do not edit. -->
# ${kind}

\`apiVersion: ${crd.spec.group}/${version.name}\`, \`kubectl get ${shortNames[0]}\` (${plural}). ${schema.description}

Columns: ${columns}.

## spec

${table('spec')}

## status

Written by the controller alone.

${table('status')}
`;
}

mkdirSync('docs/reference', { recursive: true });
for (const name of readdirSync('crds').filter((file) => file.endsWith('.yaml'))) {
  const crd = parse(readFileSync(`crds/${name}`, 'utf8'), { merge: true });
  const path = `docs/reference/${crd.spec.names.singular}.md`;
  let old = '';
  try {
    old = readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const text = page(crd);
  if (old === text) continue;
  if (check) stale.push(path);
  else writeFileSync(path, text);
}
if (stale.length > 0) {
  console.error(`stale: ${stale.join(', ')}\nrun: npm run generate`);
  process.exitCode = 1;
}
