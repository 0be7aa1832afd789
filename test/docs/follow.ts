import { type PageBlock, type PageSection, type Place, differs } from './page.js';
import type { Shell } from './shell.js';

/** What was done with the commands of a page. */
export interface Tally {
  followed: number;
  /** Commands that were left out, by the reason. */
  readonly leftOut: Map<string, number>;
}

export interface Following {
  readonly shell: Shell;
  /** In the place of 18080, which somebody else may have on this machine: the one thing that is typed otherwise. */
  readonly port: number;
  /** Why the commands of a place are not for this machine; null: they are. */
  readonly obstacle: (place: Exclude<Place, 'nowhere'>) => string | null;
  readonly tally: Tally;
}

/** Types the commands of a section in the order of the page. @throws Error where one does not do what the page says */
export async function followSection({ blocks }: PageSection, following: Following): Promise<void> {
  for (const block of blocks) {
    const reason = reasonAgainst(block, following);
    if (reason === null) await followBlock(block, following);
    else following.tally.leftOut.set(reason, (following.tally.leftOut.get(reason) ?? 0) + block.commands.length);
  }
}

function reasonAgainst({ place, reason }: PageBlock, { obstacle }: Following): string | null {
  return place === 'nowhere' ? `never tested: ${reason}` : obstacle(place);
}

async function followBlock({ commands }: PageBlock, { shell, tally, port }: Following): Promise<void> {
  for (const command of commands) {
    const did = await shell.type(command.text.replaceAll('18080', String(port)));
    const fault = differs(command, did);
    if (fault !== null)
      throw new Error(`docs/operations.md:${command.line}: ${fault}\n$ ${command.text}\n${did.output.slice(-3_000)}`);
    tally.followed += 1;
  }
}
