import { readFile } from 'node:fs/promises';
import { CredentialsError } from './credentials-error.js';

/** A file that holds a bearer token, and of which user of the kubeconfig. */
export interface TokenFile {
  readonly path: string;
  readonly user: string;
}

/** What can stand in an Authorization header behind `Bearer` (RFC 6750, 2.1, and a little more): nothing else is a token. */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * A reader of token files that are written anew while they are read: a token that was read counts on where the file is
 * away or empty just now, as in client-go, until the server refuses it. `again`: it has refused it. Errors:
 * CredentialsError, with the file and the user.
 */
export function tokenReader(): (file: TokenFile, again: boolean) => Promise<string> {
  let last: string | null = null;
  return async (file, again) => {
    // Also for the reads after this one: what the server refused must not hide why there is nothing better.
    if (again) last = null;
    try {
      last = await readToken(file);
      return last;
    } catch (error) {
      if (last === null) throw error;
      return last;
    }
  };
}

async function readToken({ path, user }: TokenFile): Promise<string> {
  const file = `the token file ${path} of the user "${user}"`;
  let text: string;
  try {
    // What writes such files often ends them with a line feed, which no header can hold.
    text = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new CredentialsError(`${file} cannot be read: ${said}`, { cause: error });
  }
  if (text === '') throw new CredentialsError(`${file} is empty`);
  if (!TOKEN.test(text)) throw new CredentialsError(`${file} holds something else than one token`);
  return text;
}
