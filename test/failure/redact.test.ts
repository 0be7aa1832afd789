import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/failure/index.js';

const letters = (chars: string, length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...chars.split(/(?:)/)), { minLength: length, maxLength: length })
    .map((all) => all.join(''));
const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Secrets as they are printed: the text around, and the part that must not be seen. */
const planted: fc.Arbitrary<{ readonly text: string; readonly secret: string }> = fc.oneof(
  letters(ALNUM, 36).map((s) => ({ text: `ghp_${s}`, secret: s })),
  letters('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16).map((s) => ({ text: `AKIA${s}`, secret: s })),
  letters(ALNUM, 20).map((s) => ({ text: `glpat-${s}`, secret: s })),
  letters(ALNUM, 24).map((s) => ({ text: `xoxb-${s}`, secret: s })),
  letters(ALNUM, 24).map((s) => ({ text: `eyJhbGciOiJIUzI1NiJ9.eyJ${s}.${s}`, secret: s })),
  letters(ALNUM, 12).map((s) => ({ text: `password=${s}`, secret: s })),
  letters(ALNUM, 12).map((s) => ({ text: `DB_PASSWORD: "${s}"`, secret: s })),
  letters(ALNUM, 12).map((s) => ({ text: `{"client_secret":"${s}"}`, secret: s })),
  letters(ALNUM, 12).map((s) => ({ text: `api_key = '${s}'`, secret: s })),
  letters(ALNUM, 12).map((s) => ({ text: `postgres://admin:${s}@db.example.com:5432/orders`, secret: s })),
  letters(ALNUM, 16).map((s) => ({ text: `https://example.com/cb?access_token=${s}&state=1`, secret: s })),
  letters(ALNUM, 30).map((s) => ({ text: `Authorization: Bearer ${s}`, secret: s })),
  letters(ALNUM, 64).map((s) => ({
    text: `-----BEGIN RSA PRIVATE KEY-----\n${s}\n-----END RSA PRIVATE KEY-----`,
    secret: s,
  })),
  letters(ALNUM, 64).map((s) => ({ text: `-----BEGIN PRIVATE KEY-----\n${s}`, secret: s })),
);

describe('redaction', () => {
  it('hides planted secrets of every known shape, wherever they stand', () => {
    fc.assert(
      fc.property(
        planted,
        fc.stringMatching(/^[a-z ]{0,20}$/),
        fc.stringMatching(/^[a-z ]{0,20}$/),
        ({ text, secret }, before, after) => {
          expect(redact(`${before} ${text} ${after}`)).not.toContain(secret);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is done when it is done twice', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          planted.map((one) => one.text),
        ),
        (text) => {
          expect(redact(redact(text))).toBe(redact(text));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('takes away characters that move a terminal or hide words, and keeps lines', () => {
    expect(redact('a\u001b[31mred\u001b[0m\u0007b\u202ec\u200bd\nline\ttab')).toBe('aredbcd\nline\ttab');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(redact(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  it('leaves alone what the platform says', () => {
    const texts = [
      'secret "db-credentials" not found',
      "couldn't find key password in Secret team/db",
      'failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://auth.example.com/token?scope=repository%3Ax%3Apull: 401 Unauthorized',
      'MountVolume.SetUp failed for volume "kube-api-access-x" : failed to sync secret cache: timed out waiting for the condition',
      'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
      'secrets "x" is forbidden: User "system:serviceaccount:a:b" cannot get resource "secrets" in API group "" in the namespace "a"',
      'references non-existent secret key: tls.crt',
      'exec: "token-refresher": executable file not found in $PATH: unknown',
    ];
    for (const text of texts) expect(redact(text)).toBe(text);
  });
});
