/* What the firmware asks of hashes (hal/hal.ts, Crypto). A chip has these in its own library. */
#ifndef HASH_H
#define HASH_H

#include <stddef.h>
#include <stdint.h>

#define SHA1_OCTETS 20
#define SHA256_OCTETS 32
#define HASH_OCTETS_MAX 32

/* An algorithm is the length of its hash: 20 is SHA-1, 32 is SHA-256. */
void hash (int algorithm, const uint8_t *octets, size_t count, uint8_t *into);
void hmac (int algorithm, const uint8_t *key, size_t key_count, const uint8_t *octets,
           size_t count, uint8_t *into);
/* One block of PBKDF2. The salt is at most 64 octets (SCRAM_SALT_BYTES_MAX). */
void pbkdf2 (int algorithm, const uint8_t *password, size_t password_count, const uint8_t *salt,
             size_t salt_count, unsigned iterations, uint8_t *into);
uint32_t crc32 (const uint8_t *octets, size_t count);
/* Both return how much they wrote; `unbase64` 0 for what is not base64. */
size_t base64 (const uint8_t *octets, size_t count, uint8_t *into);
size_t unbase64 (const uint8_t *text, size_t count, uint8_t *into);

#endif
