/*
 * A configuration file from the fuzzer. Whatever comes, it is a configuration that can be given up
 * again, or is refused with words.
 */
#include "daemon/config.h"
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    struct config config;
    struct error error = {""};
    int fd = memfd_create("config", MFD_CLOEXEC);

    FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (config_load(&config, path, &error) == 0) {
        FUZZ_CHECK(config.tick.interval > 0);
        config_fini(&config);
    } else {
        FUZZ_CHECK(error.text[0] != '\0');
    }
    close(fd);
    return 0;
}
