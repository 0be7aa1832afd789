/** Milliseconds since 1970, UTC. Inside the program instants are numbers; on the wire RFC 3339 strings. */
export type Instant = number;

/** RFC 3339 in UTC with milliseconds, e.g. 2026-03-14T03:11:44.031Z. */
export function formatInstant(instant: Instant): string {
  return new Date(instant).toISOString();
}

/** RFC 3339 in UTC with whole seconds, as metav1.Time writes it. */
export function formatSeconds(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** The instant that an RFC 3339 string names, or null where it is none. */
export function parseInstant(text: string | null | undefined): Instant | null {
  if (text === null || text === undefined) return null;
  const value = Date.parse(text);
  return Number.isNaN(value) ? null : value;
}
