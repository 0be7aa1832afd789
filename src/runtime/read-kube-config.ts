import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { isJsonObject } from '../api/json.js';
import type { CredentialsSource } from './credentials-source.js';
import { KubeConfig } from './kube-config.js';

/** A kubeconfig as it stands in files, without what client-node overlooks. */
export interface ReadKubeConfig {
  readonly config: KubeConfig;
  /** Paths of token files by the name of the user. */
  readonly tokenFiles: ReadonlyMap<string, string>;
}

/** Reads the kubeconfig of a source; each file once, because it may be a pipe. Throws what the file system and YAML do. */
export function readKubeConfig(source: CredentialsSource): ReadKubeConfig {
  switch (source.kind) {
    case 'file':
      return readFile(source.path);
    case 'text':
      return readText(source.text, null);
    case 'default':
      return readDefault();
    case 'in-cluster':
      return ofServiceAccount((config) => {
        config.loadFromCluster(source.root);
      });
  }
}

function readDefault(): ReadKubeConfig {
  const named = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  const ofHome = join(homedir(), '.kube', 'config');
  const [first, ...others] = named.length > 0 || !existsSync(ofHome) ? named : [ofHome];
  if (first !== undefined) return others.map(readFile).reduce(merged, readFile(first));
  return ofServiceAccount((config) => {
    config.loadFromDefault();
  });
}

function readFile(path: string): ReadKubeConfig {
  return readText(readFileSync(path, 'utf8'), dirname(resolve(path)));
}

/** `folder`: what relative paths in the text are relative to; null: the working directory. */
function readText(text: string, folder: string | null): ReadKubeConfig {
  const config = new KubeConfig();
  config.loadFromString(text);
  if (folder !== null) config.makePathsAbsolute(folder);
  return withoutProviders(config, tokenFilesOf(text, folder ?? '.'));
}

/** What client-node does not read: it asks for `token-file`, a name that kubeconfigs do not have. */
function tokenFilesOf(text: string, folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  // Most have none, and need no second parser.
  if (!text.includes('tokenFile')) return files;
  const document: unknown = parse(text, { merge: true });
  const users: unknown = isJsonObject(document) ? document['users'] : null;
  for (const entry of Array.isArray(users) ? users.filter(isJsonObject) : []) {
    const { name, user } = entry;
    const path = isJsonObject(user) ? user['tokenFile'] : null;
    if (typeof name === 'string' && typeof path === 'string' && path !== '') files.set(name, resolve(folder, path));
  }
  return files;
}

function ofServiceAccount(load: (config: KubeConfig) => void): ReadKubeConfig {
  const config = new KubeConfig();
  load(config);
  return withoutProviders(config, new Map());
}

/**
 * The token of a pod is an authProvider of client-node's own, whose reader keeps the line feed at the end of a file,
 * sends nothing where the file is empty, and goes by a clock of its own: it becomes a token file like any other.
 */
function withoutProviders(config: KubeConfig, found: ReadonlyMap<string, string>): ReadKubeConfig {
  const tokenFiles = new Map(found);
  config.users = config.users.map((user) => {
    const provider: unknown = user.authProvider;
    if (!isJsonObject(provider) || provider['name'] !== 'tokenFile') return user;
    const settings = provider['config'];
    const path = isJsonObject(settings) ? settings['tokenFile'] : null;
    if (typeof path !== 'string') return user;
    if (!tokenFiles.has(user.name)) tokenFiles.set(user.name, path);
    return { ...user, authProvider: undefined };
  });
  return { config, tokenFiles };
}

/** Several files of KUBECONFIG are one: of each name the first entry counts, and the first current context (client-go). */
function merged(first: ReadKubeConfig, next: ReadKubeConfig): ReadKubeConfig {
  const [{ config }, { config: other }] = [first, next];
  const users = without(other.users, config.users);
  config.clusters = [...config.clusters, ...without(other.clusters, config.clusters)];
  config.contexts = [...config.contexts, ...without(other.contexts, config.contexts)];
  config.users = [...config.users, ...users];
  // The types say that there always is one; a file without `current-context` has none.
  if (!config.currentContext) config.setCurrentContext(other.currentContext);
  const added = [...next.tokenFiles].filter(([name]) => users.some((user) => user.name === name));
  return { config, tokenFiles: new Map([...first.tokenFiles, ...added]) };
}

function without<T extends { readonly name: string }>(entries: readonly T[], known: readonly T[]): readonly T[] {
  return entries.filter(({ name }) => !known.some((each) => each.name === name));
}
