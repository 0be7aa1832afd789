import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { Instant } from '../../api/instant.js';

/** A key and the certificate of it, in PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

const DAY_MS = 24 * 60 * 60_000;
/** Go and OpenSSL refuse what is valid for later than its clock says, so it begins a day ago. */
const VALID_DAYS = 3_650;

/**
 * A certificate for loopback that signs itself: the client is given it as its authority. Clients send a token over
 * nothing but TLS (client-go drops it where the address is http), so there must be one. X.509 v3 in DER (RFC 5280); P-256.
 */
export function selfSignedCertificate(now: Instant): KeyAndCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(oid('2.5.4.3'), tagged(0x0c, Buffer.from('lockstep embedded API server')))));
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(now - DAY_MS), time(now + VALID_DAYS * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...EXTENSIONS)),
  );
  const signature = sign('sha256', body, { key: privateKey, dsaEncoding: 'der' });
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: pem(sequence(body, algorithm, bitString(signature))),
  };
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content]);
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  return length < 0x100 ? Buffer.from([0x81, length]) : Buffer.from([0x82, length >> 8, length & 0xff]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function set(...parts: readonly Buffer[]): Buffer {
  return tagged(0x31, ...parts);
}

/** Of a positive number whose first bit is 0. */
function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function bitString(bytes: Buffer, unused = 0): Buffer {
  return tagged(0x03, Buffer.from([unused]), bytes);
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = rest.flatMap((arc) => {
    const base128 = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) base128.unshift(0x80 | (left & 0x7f));
    return base128;
  });
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

/** GeneralizedTime is asked for from 2050 on, UTCTime before (RFC 5280 4.1.2.5). */
function time(instant: Instant): Buffer {
  const digits = new Date(instant).toISOString().replace(/[-:T]|\.\d+/g, '');
  return digits < '2050' ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [tagged(0x01, Buffer.from([0xff]))] : []), tagged(0x04, value));
}

const EXTENSIONS: readonly Buffer[] = [
  // basicConstraints: an authority.
  extension('2.5.29.19', true, sequence(tagged(0x01, Buffer.from([0xff])))),
  // keyUsage: digitalSignature (bit 0) and keyCertSign (bit 5).
  extension('2.5.29.15', true, bitString(Buffer.from([0b1000_0100]), 2)),
  // extKeyUsage: serverAuth.
  extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
  // subjectAltName: localhost, 127.0.0.1.
  extension(
    '2.5.29.17',
    false,
    sequence(tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.from([127, 0, 0, 1]))),
  ),
];

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
