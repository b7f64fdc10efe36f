/*
 * A black box from the fuzzer, as isoctl reads one: the bytes as they are, and the same with a
 * checksum that is right behind them, so that what it guards is reached. Whatever comes, it ends with
 * a document or with words.
 */
#include <nettle/sha2.h>
#include "ctl/blackbox.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void decode(const unsigned char *data, size_t size, double seconds)
{
    struct error error = {""};
    json_t *document = blackbox_decode(data, size, seconds, &error);

    FUZZ_CHECK(document != NULL || error.text[0] != '\0');
    if (document != NULL) {
        json_t *isolates = json_object_get(document, "isolates");
        FUZZ_CHECK(json_is_array(isolates));
        char *text = json_dumps(document, JSON_COMPACT);
        FUZZ_CHECK(text != NULL);
        free(text);
    }
    json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char *sealed = malloc(size + SHA256_DIGEST_SIZE);
    struct sha256_ctx hash;

    FUZZ_CHECK(sealed != NULL);
    if (size > 0) {
        memcpy(sealed, data, size);
    }
    sha256_init(&hash);
    sha256_update(&hash, size, sealed);
    sha256_digest(&hash, SHA256_DIGEST_SIZE, sealed + size);
    decode(sealed, size, 0);
    decode(sealed, size + SHA256_DIGEST_SIZE, size % 2 == 0 ? 0 : 1e-3);
    free(sealed);
    return 0;
}
