/** What an image reference says. */
export interface ImageReference {
  /** Registry, with port; docker.io where none is given. */
  readonly host: string;
  readonly repository: string;
  /** A tag, or a digest with its algorithm; `latest` where none is given. */
  readonly version: string;
}

export type ParsedImage = { readonly image: ImageReference } | { readonly fault: string };

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const HOST =
  /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const UPPER_CASE = 'invalid reference format: repository name';
const FAULT = 'invalid reference format';

interface Split {
  readonly name: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

function splitVersion(text: string): Split {
  const at = text.indexOf('@');
  const digest = at < 0 ? null : text.slice(at + 1);
  const rest = at < 0 ? text : text.slice(0, at);
  const colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
  return colon < 0
    ? { name: rest, tag: null, digest }
    : { name: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}

/** The first part is a host when it looks like one: a dot, a port, localhost, or upper case (distribution/reference). */
function splitHost(name: string): { readonly host: string; readonly path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = first !== '' && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  if (isHost) return { host: first, path: name.slice(slash + 1) };
  return { host: 'docker.io', path: slash < 0 ? `library/${name}` : name };
}

/** Reads an image reference by the grammar of github.com/distribution/reference; a fault in that library's words. */
export function parseImageReference(text: string): ParsedImage {
  const { name, tag, digest } = splitVersion(text);
  const { host, path } = splitHost(name);
  if (name !== '' && path !== path.toLowerCase() && REPOSITORY.test(path.toLowerCase())) {
    return { fault: `${UPPER_CASE} (${path}) must be lowercase` };
  }
  if (name === '' || !REPOSITORY.test(path) || !HOST.test(host)) return { fault: FAULT };
  if (tag !== null && !TAG.test(tag)) return { fault: FAULT };
  if (digest !== null && !DIGEST.test(digest)) return { fault: FAULT };
  return { image: { host, repository: path, version: digest ?? tag ?? 'latest' } };
}

/** Why an image cannot be had: the reason of the container's waiting state, and the words of the real thing. */
export interface ImageFault {
  readonly reason: 'InvalidImageName' | 'ErrImageNeverPull' | 'ErrImagePull';
  readonly message: string;
}

/** The registries that no name server knows: RFC 2606 keeps `.invalid` free for ever. */
function isUnknownHost(host: string): boolean {
  return /(^|\.)invalid(:[0-9]+)?$/.test(host);
}

/**
 * What the kubelet would say of the image, or null where the container may start. Nothing is ever pulled here: a
 * command runs on this machine, so any image counts as present unless its registry cannot exist.
 */
export function imageFault(image: string, pullPolicy: string | undefined): ImageFault | null {
  const parsed = parseImageReference(image);
  if ('fault' in parsed) {
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${parsed.fault}`;
    return { reason: 'InvalidImageName', message };
  }
  const { host, repository, version } = parsed.image;
  if (!isUnknownHost(host)) return null;
  if (pullPolicy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    return { reason: 'ErrImageNeverPull', message };
  }
  const name = host.replace(/:[0-9]+$/, '');
  const url = `https://${host}/v2/${repository}/manifests/${version}`;
  const message =
    `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ` +
    `failed to do request: Head "${url}": dial tcp: lookup ${name}: no such host`;
  return { reason: 'ErrImagePull', message };
}
