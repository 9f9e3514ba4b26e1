/* SHA-1 and SHA-256 (FIPS 180-4), HMAC (RFC 2104), PBKDF2 (RFC 8018), CRC-32, base64. */
#include "hash.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 64
#define SALT_MAX 64

static const uint32_t K256[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static const uint32_t START1[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
static const uint32_t START256[8] = {
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

typedef struct
{
  int algorithm;
  uint32_t state[8];
  uint8_t block[BLOCK];
  size_t waiting;
  uint64_t count;
} hasher_t;

static uint32_t left (uint32_t x, int n) { return (x << n) | (x >> (32 - n)); }
static uint32_t right (uint32_t x, int n) { return (x >> n) | (x << (32 - n)); }

static uint32_t word (const uint8_t *at)
{
  return ((uint32_t) at[0] << 24) | ((uint32_t) at[1] << 16) | ((uint32_t) at[2] << 8) | at[3];
}

static void mix1 (uint32_t *state, const uint8_t *block)
{
  uint32_t w[80];
  for (int i = 0; i < 16; i++) w[i] = word (block + 4 * i);
  for (int i = 16; i < 80; i++) w[i] = left (w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
  for (int i = 0; i < 80; i++)
  {
    uint32_t f, k;
    if (i < 20) { f = (b & c) | (~b & d); k = 0x5a827999; }
    else if (i < 40) { f = b ^ c ^ d; k = 0x6ed9eba1; }
    else if (i < 60) { f = (b & c) | (b & d) | (c & d); k = 0x8f1bbcdc; }
    else { f = b ^ c ^ d; k = 0xca62c1d6; }
    uint32_t next = left (a, 5) + f + e + k + w[i];
    e = d; d = c; c = left (b, 30); b = a; a = next;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e;
}

static void mix256 (uint32_t *state, const uint8_t *block)
{
  uint32_t w[64], s[8];
  for (int i = 0; i < 16; i++) w[i] = word (block + 4 * i);
  for (int i = 16; i < 64; i++)
  {
    uint32_t low = right (w[i - 15], 7) ^ right (w[i - 15], 18) ^ (w[i - 15] >> 3);
    uint32_t high = right (w[i - 2], 17) ^ right (w[i - 2], 19) ^ (w[i - 2] >> 10);
    w[i] = w[i - 16] + low + w[i - 7] + high;
  }
  memcpy (s, state, sizeof s);
  for (int i = 0; i < 64; i++)
  {
    uint32_t e = right (s[4], 6) ^ right (s[4], 11) ^ right (s[4], 25);
    uint32_t a = right (s[0], 2) ^ right (s[0], 13) ^ right (s[0], 22);
    uint32_t one = s[7] + e + ((s[4] & s[5]) ^ (~s[4] & s[6])) + K256[i] + w[i];
    uint32_t two = a + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove (s + 1, s, 7 * sizeof s[0]);
    s[4] += one;
    s[0] = one + two;
  }
  for (int i = 0; i < 8; i++) state[i] += s[i];
}

static void begin (hasher_t *h, int algorithm)
{
  memset (h, 0, sizeof *h);
  h->algorithm = algorithm;
  if (algorithm == SHA1_OCTETS) memcpy (h->state, START1, sizeof START1);
  else memcpy (h->state, START256, sizeof START256);
}

static void add (hasher_t *h, const uint8_t *octets, size_t count)
{
  h->count += count;
  while (count-- > 0)
  {
    h->block[h->waiting++] = *octets++;
    if (h->waiting < BLOCK) continue;
    if (h->algorithm == SHA1_OCTETS) mix1 (h->state, h->block);
    else mix256 (h->state, h->block);
    h->waiting = 0;
  }
}

static void end (hasher_t *h, uint8_t *into)
{
  uint64_t bits = h->count * 8;
  uint8_t tail = 0x80, length[8];
  add (h, &tail, 1);
  for (tail = 0; h->waiting != BLOCK - 8;) add (h, &tail, 1);
  for (int i = 0; i < 8; i++) length[i] = (uint8_t) (bits >> (56 - 8 * i));
  add (h, length, 8);
  for (int i = 0; i < h->algorithm; i++) into[i] = (uint8_t) (h->state[i / 4] >> (24 - i % 4 * 8));
}

void hash (int algorithm, const uint8_t *octets, size_t count, uint8_t *into)
{
  hasher_t h;
  begin (&h, algorithm);
  add (&h, octets, count);
  end (&h, into);
}

void hmac (int algorithm, const uint8_t *key, size_t key_count, const uint8_t *octets,
           size_t count, uint8_t *into)
{
  uint8_t pad[BLOCK] = { 0 };
  hasher_t h;
  if (key_count > BLOCK) hash (algorithm, key, key_count, pad);
  else memcpy (pad, key, key_count);
  for (int i = 0; i < BLOCK; i++) pad[i] ^= 0x36;
  begin (&h, algorithm);
  add (&h, pad, BLOCK);
  add (&h, octets, count);
  end (&h, into);
  for (int i = 0; i < BLOCK; i++) pad[i] ^= 0x36 ^ 0x5c;
  begin (&h, algorithm);
  add (&h, pad, BLOCK);
  add (&h, into, (size_t) algorithm);
  end (&h, into);
}

void pbkdf2 (int algorithm, const uint8_t *password, size_t password_count, const uint8_t *salt,
             size_t salt_count, unsigned iterations, uint8_t *into)
{
  uint8_t text[SALT_MAX + 4], u[HASH_OCTETS_MAX];
  if (salt_count > SALT_MAX) salt_count = SALT_MAX;
  memcpy (text, salt, salt_count);
  memcpy (text + salt_count, "\0\0\0\1", 4);
  hmac (algorithm, password, password_count, text, salt_count + 4, u);
  memcpy (into, u, (size_t) algorithm);
  while (--iterations > 0)
  {
    hmac (algorithm, password, password_count, u, (size_t) algorithm, u);
    for (int i = 0; i < algorithm; i++) into[i] ^= u[i];
  }
}

uint32_t crc32 (const uint8_t *octets, size_t count)
{
  uint32_t crc = 0xffffffff;
  while (count-- > 0)
  {
    crc ^= *octets++;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xedb88320 : crc >> 1;
  }
  return crc ^ 0xffffffff;
}

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64 (const uint8_t *octets, size_t count, uint8_t *into)
{
  size_t made = 0;
  for (size_t i = 0; i < count; i += 3)
  {
    size_t left_over = count - i;
    uint32_t three = (uint32_t) octets[i] << 16;
    if (left_over > 1) three |= (uint32_t) octets[i + 1] << 8;
    if (left_over > 2) three |= octets[i + 2];
    for (size_t j = 0; j < 4; j++)
    {
      into[made++] = j > left_over ? '=' : (uint8_t) DIGITS[three >> (18 - 6 * j) & 63];
    }
  }
  return made;
}

/* What does not come out of `base64` again was not base64. */
size_t unbase64 (const uint8_t *text, size_t count, uint8_t *into)
{
  uint32_t bits = 0;
  size_t made = 0, waiting = 0;
  for (size_t i = 0; i < count && text[i] != '='; i++)
  {
    const char *digit = text[i] ? strchr (DIGITS, text[i]) : NULL;
    if (!digit) return 0;
    bits = bits << 6 | (uint32_t) (digit - DIGITS);
    waiting += 6;
    if (waiting >= 8) into[made++] = (uint8_t) (bits >> (waiting -= 8));
  }
  uint8_t *again = malloc (made / 3 * 4 + 5);
  int same = again && base64 (into, made, again) == count && memcmp (again, text, count) == 0;
  free (again);
  return same ? made : 0;
}
