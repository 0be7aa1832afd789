/** An address as it may be shown: without the password, wherever it stands. */
export function shownAddress(url: string): string {
  const [place = ''] = url.split('?');
  return place.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/]*):.*@/i, '$1@');
}

/**
 * The address as the driver is given it. It takes `prefer`, `require` and `verify-ca` for `verify-full`, and warns on
 * stderr that a later version will not: here they go on to mean a certificate that is verified in full.
 */
export function strictAddress(url: string): string {
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full');
}
