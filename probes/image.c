/*
 * Reads an ELF file piece by piece with pread, so that a file that shrinks or lies costs an error
 * and never a signal. Called by target.c when it attaches. Owns what it remembers of the last
 * files. Invariant: every offset and size that the file names is checked against the file's size
 * before it is used.
 */
#include "probes/image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECTIONS_MAX 4096
#define IMAGES_KEPT  8
#define SYMBOLS_MAX  (64u << 20) /* bytes of a symbol or string table */

static const char *const call_names[CALLS] = {
    [CALL_POST] = "_ZN4node6worker15MessagePortData18AddToIncomingQueueE",
    [CALL_SERIALIZE] =
        "_ZN4node6worker7Message9SerializeEPNS_11EnvironmentEN2v85LocalINS4_7ContextEEE",
    [CALL_DESERIALIZE] = "_ZN4node6worker7Message11DeserializeEPNS_11EnvironmentEN2v85LocalINS4_"
                         "7ContextEEE",
    [CALL_COLLECT] = "_ZN2v88internal4Heap24PerformGarbageCollectionENS0_16GarbageCollectorE",
    [CALL_SIZE] = "_ZN2v88internal4Heap13SizeOfObjectsEv",
    [CALL_COMMITTED] = "_ZN2v88internal4Heap15CommittedMemoryEv",
    [CALL_STATISTICS] = "_ZN2v87Isolate17GetHeapStatisticsEPNS_14HeapStatisticsE",
    [CALL_WORKER_NEW] = "_ZN4node6worker6WorkerC1EPNS_11EnvironmentE",
    [CALL_WORKER_RUN] = "_ZN4node6worker6Worker3RunEv",
    [CALL_NEAR_LIMIT] = "_ZN4node6worker6Worker13NearHeapLimitEPvmm",
    [CALL_FATAL] = "_ZN2v88internal2V823FatalProcessOutOfMemoryEPNS0_7IsolateEPKcRKNS_10"
                   "OOMDetailsE",
    [CALL_UNCAUGHT] = "_ZN4node6errors24TriggerUncaughtExceptionEPN2v87IsolateENS1_5LocalINS1_"
                      "5ValueEEENS4_INS1_7MessageEEE",
};
static const char *const call_texts[CALLS] = {
    [CALL_POST] = "queues of messages",
    [CALL_SERIALIZE] = "messages",
    [CALL_DESERIALIZE] = "deliveries",
    [CALL_COLLECT] = "collections",
    [CALL_SIZE] = "used heap",
    [CALL_COMMITTED] = "total heap",
    [CALL_STATISTICS] = "heap statistics",
    [CALL_WORKER_NEW] = "parents of workers",
    [CALL_WORKER_RUN] = "workers",
    [CALL_NEAR_LIMIT] = "workers near their limit",
    [CALL_FATAL] = "out of memory",
    [CALL_UNCAUGHT] = "uncaught errors",
};

/* What the program says of V8's objects, for debuggers. */
enum constant { SHARED, NAME, TYPE_OF_MAPS, MAP_TYPE, PROTOTYPE, CONSTRUCTOR, LENGTH, CHARS, CONSTANTS };

static const struct {
    const char *name;  /* the rest is the type of the field, which versions call differently */
    unsigned expected; /* 0: differs */
} constants[CONSTANTS] = {
    [SHARED] = {"v8dbg_class_JSFunction__shared__", 0},
    [NAME] = {"v8dbg_class_SharedFunctionInfo__name_or_scope_info__", 0},
    [TYPE_OF_MAPS] = {"v8dbg_type_Map__MAP_TYPE", 0},
    [MAP_TYPE] = {"v8dbg_class_Map__instance_type__", EVENT_MAP_TYPE},
    [PROTOTYPE] = {"v8dbg_class_Map__prototype__", EVENT_MAP_PROTOTYPE},
    [CONSTRUCTOR] = {"v8dbg_class_Map__constructor_or_back_pointer__", EVENT_MAP_CONSTRUCTOR},
    [LENGTH] = {"v8dbg_class_String__length__", EVENT_STRING_LENGTH},
    [CHARS] = {"v8dbg_class_SeqOneByteString__chars__", EVENT_STRING_CHARS},
};

struct file {
    int fd;
    uint64_t size;
    Elf64_Ehdr header;
    Elf64_Phdr *segments; /* owned */
    Elf64_Shdr *sections; /* owned */
    Elf64_Sym *symbols;   /* owned */
    size_t symbol_count;
    char *names; /* owned, NUL at its end */
    size_t names_size;
};

static void *read_piece(const struct file *file, uint64_t offset, uint64_t size)
{
    if (size == 0 || size > SYMBOLS_MAX || offset > file->size || size > file->size - offset) {
        return NULL;
    }
    char *piece = malloc(size + 1);
    if (piece != NULL && pread(file->fd, piece, size, (off_t)offset) != (ssize_t)size) {
        free(piece);
        return NULL;
    }
    if (piece != NULL) {
        piece[size] = '\0';
    }
    return piece;
}

/* The table of type `type` with its names. False when there is none. */
static bool read_symbols(struct file *file, uint32_t type)
{
    for (unsigned i = 0; i < file->header.e_shnum; i++) {
        const Elf64_Shdr *table = &file->sections[i];
        if (table->sh_type != type || table->sh_link >= file->header.e_shnum) {
            continue;
        }
        const Elf64_Shdr *names = &file->sections[table->sh_link];
        file->symbols = read_piece(file, table->sh_offset, table->sh_size);
        file->names = read_piece(file, names->sh_offset, names->sh_size);
        file->symbol_count = table->sh_size / sizeof *file->symbols;
        file->names_size = names->sh_size;
        return file->symbols != NULL && file->names != NULL;
    }
    return false;
}

static int file_open(struct file *file, const char *path, struct error *error)
{
    struct stat status;

    memset(file, 0, sizeof *file);
    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->fd < 0 || fstat(file->fd, &status) < 0) {
        return error_set(error, -errno, "%s: %s", path, strerror(errno));
    }
    file->size = (uint64_t)status.st_size;
    if (!S_ISREG(status.st_mode) ||
        pread(file->fd, &file->header, sizeof file->header, 0) != (ssize_t)sizeof file->header ||
        memcmp(file->header.e_ident, ELFMAG, SELFMAG) != 0 ||
        file->header.e_ident[EI_CLASS] != ELFCLASS64 || file->header.e_machine != EM_X86_64 ||
        file->header.e_phentsize != sizeof(Elf64_Phdr) ||
        file->header.e_shentsize != sizeof(Elf64_Shdr) || file->header.e_shnum > SECTIONS_MAX) {
        return error_set(error, -ENOEXEC, "%s is not a 64-bit x86 program with sections", path);
    }
    file->segments =
        read_piece(file, file->header.e_phoff, file->header.e_phnum * sizeof *file->segments);
    file->sections =
        read_piece(file, file->header.e_shoff, file->header.e_shnum * sizeof *file->sections);
    if (file->segments == NULL || file->sections == NULL || !read_symbols(file, SHT_DYNSYM)) {
        return error_set(error, -ENOEXEC, "%s has no table of dynamic symbols", path);
    }
    return 0;
}

static void file_close(struct file *file)
{
    if (file->fd >= 0) {
        close(file->fd);
    }
    free(file->segments);
    free(file->sections);
    free(file->symbols);
    free(file->names);
}

/* Where an address lies in the file; 0 when nowhere. */
static uint64_t offset_of(const struct file *file, uint64_t address)
{
    for (unsigned i = 0; i < file->header.e_phnum; i++) {
        const Elf64_Phdr *segment = &file->segments[i];
        if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
            address - segment->p_vaddr < segment->p_filesz) {
            return address - segment->p_vaddr + segment->p_offset;
        }
    }
    return 0;
}

/* True when `name` begins with `wanted`; the rest are parameters that differ between versions. */
static bool is_named(const char *name, const char *wanted)
{
    return strncmp(name, wanted, strlen(wanted)) == 0;
}

struct finds { /* addresses of what image_read() looks for; 0: not there */
    uint64_t calls[CALLS], witnesses[OFFSETS_WITNESSES], worker_table, v8_major, v8_minor;
    uint64_t sizes[OFFSETS_WITNESSES];
    uint64_t constants[CONSTANTS];
};

static void match(struct finds *finds, const char *name, const Elf64_Sym *symbol)
{
    for (int i = 0; i < CALLS; i++) {
        if (is_named(name, call_names[i])) {
            finds->calls[i] = symbol->st_value;
        }
    }
    for (int i = 0; i < OFFSETS_WITNESSES; i++) {
        if (strcmp(name, offsets_witness_names[i]) == 0) {
            finds->witnesses[i] = symbol->st_value;
            finds->sizes[i] = symbol->st_size;
        }
    }
    for (int i = 0; i < CONSTANTS; i++) {
        if (is_named(name, constants[i].name)) {
            finds->constants[i] = symbol->st_value;
        }
    }
    if (strcmp(name, "_ZTVN4node6worker6WorkerE") == 0) {
        finds->worker_table = symbol->st_value;
    } else if (strcmp(name, "_ZN2v88internal7Version6major_E") == 0) {
        finds->v8_major = symbol->st_value;
    } else if (strcmp(name, "_ZN2v88internal7Version6minor_E") == 0) {
        finds->v8_minor = symbol->st_value;
    }
}

static void find_symbols(const struct file *file, struct finds *finds)
{
    memset(finds, 0, sizeof *finds);
    for (size_t i = 0; i < file->symbol_count; i++) {
        const Elf64_Sym *symbol = &file->symbols[i];
        if (symbol->st_value != 0 && symbol->st_name < file->names_size) {
            const char *name = file->names + symbol->st_name;
            if (is_named(name, "_ZN2v8") || is_named(name, "_ZNK2v8") ||
                is_named(name, "_ZN4node6worker") || is_named(name, "_ZTVN4node") ||
                is_named(name, "_ZN4node6errors") || is_named(name, "v8dbg_")) {
                match(finds, name, symbol);
            }
        }
    }
}

static unsigned read_number(const struct file *file, uint64_t address)
{
    uint64_t offset = address != 0 ? offset_of(file, address) : 0;
    int number = 0;

    if (offset == 0 || pread(file->fd, &number, sizeof number, (off_t)offset) != sizeof number ||
        number < 0 || number > 1000) {
        return 0;
    }
    return (unsigned)number;
}

static void take_constants(struct image *image, const struct file *file, const struct finds *finds)
{
    unsigned values[CONSTANTS];

    for (int i = 0; i < CONSTANTS; i++) {
        values[i] = read_number(file, finds->constants[i]);
        if (values[i] == 0 || (constants[i].expected != 0 && values[i] != constants[i].expected)) {
            size_t used = strlen(image->missing);
            snprintf(image->missing + used, sizeof image->missing - used,
                     "%snames of errors: the program does not say how its objects are laid out",
                     used > 0 ? "; " : "");
            return;
        }
    }
    image->layout.function_shared = values[SHARED];
    image->layout.shared_name = values[NAME];
    image->layout.map_type = values[TYPE_OF_MAPS];
}

static void check_offsets(struct image *image, const struct file *file, const struct finds *finds)
{
    static unsigned char bytes[OFFSETS_WITNESSES][IMAGE_CHECK_BYTES];
    struct offsets_code code[OFFSETS_WITNESSES];

    for (int i = 0; i < OFFSETS_WITNESSES; i++) {
        uint64_t offset = finds->witnesses[i] != 0 ? offset_of(file, finds->witnesses[i]) : 0;
        size_t size = finds->sizes[i] < IMAGE_CHECK_BYTES ? finds->sizes[i] : IMAGE_CHECK_BYTES;
        ssize_t length = offset != 0 ? pread(file->fd, bytes[i], size, (off_t)offset) : 0;
        code[i] = (struct offsets_code){bytes[i], length > 0 ? (size_t)length : 0};
    }
    image->v8_major = read_number(file, finds->v8_major);
    image->v8_minor = read_number(file, finds->v8_minor);
    offsets_find(&image->layout, &image->page, image->v8_major, image->v8_minor, code,
                 image->missing, sizeof image->missing);
    take_constants(image, file, finds);
}

static int take(struct image *image, const struct file *file, struct error *error)
{
    struct finds finds;

    find_symbols(file, &finds);
    if (finds.calls[CALL_SERIALIZE] == 0) {
        return error_set(error, -ENOEXEC,
                         "%s is no Node.js: it has no node::worker::Message::Serialize among its "
                         "symbols",
                         image->path);
    }
    image->missing[0] = '\0';
    for (int i = 0; i < CALLS; i++) {
        image->calls[i] = finds.calls[i] != 0 ? offset_of(file, finds.calls[i]) : 0;
        if (image->calls[i] == 0) {
            size_t used = strlen(image->missing);
            snprintf(image->missing + used, sizeof image->missing - used,
                     "%s%s: the program has no such symbol", used > 0 ? "; " : "", call_texts[i]);
        }
    }
    image->worker_table = finds.worker_table;
    image->base = UINT64_MAX;
    for (unsigned i = 0; i < file->header.e_phnum; i++) {
        const Elf64_Phdr *segment = &file->segments[i];
        if (segment->p_type == PT_LOAD && segment->p_vaddr < image->base) {
            image->base = segment->p_vaddr & ~UINT64_C(4095);
        }
    }
    check_offsets(image, file, &finds);
    return fstat(file->fd, &image->status) < 0 ? -errno : 0;
}

static int try_path(struct image *image, struct error *error)
{
    struct file file;
    int code = file_open(&file, image->path, error);

    if (code == 0) {
        code = take(image, &file, error);
    }
    file_close(&file);
    return code;
}

static struct image kept[IMAGES_KEPT]; /* read before */

/* The path of libnode.so as the process has it mapped, seen from here. */
static bool find_library(uint64_t pid, char *path, size_t size)
{
    char line[512], name[64];
    bool is_found = false;

    snprintf(name, sizeof name, "/proc/%" PRIu64 "/maps", pid);
    FILE *maps = fopen(name, "re");
    while (maps != NULL && !is_found && fgets(line, sizeof line, maps) != NULL) {
        char *at = strstr(line, "/libnode.so");
        char *start = strchr(line, '/');
        if (at != NULL && start != NULL) {
            line[strcspn(line, "\n")] = '\0';
            is_found = (size_t)snprintf(path, size, "/proc/%" PRIu64 "/root%s", pid, start) < size;
        }
    }
    if (maps != NULL) {
        fclose(maps);
    }
    return is_found;
}

/* The same file as one that was read before: looking through 75,000 names takes a while. */
static bool recall(struct image *image)
{
    struct stat status;

    if (stat(image->path, &status) < 0) {
        return false;
    }
    for (size_t i = 0; i < IMAGES_KEPT; i++) {
        const struct stat *known = &kept[i].status;
        if (known->st_ino == status.st_ino && known->st_dev == status.st_dev &&
            known->st_size == status.st_size && known->st_mtim.tv_sec == status.st_mtim.tv_sec &&
            known->st_mtim.tv_nsec == status.st_mtim.tv_nsec) {
            char path[sizeof image->path];
            memcpy(path, image->path, sizeof path);
            *image = kept[i];
            memcpy(image->path, path, sizeof path);
            return true;
        }
    }
    return false;
}

int image_read(struct image *image, uint64_t pid, struct error *error)
{
    static size_t next;

    memset(image, 0, sizeof *image);
    snprintf(image->path, sizeof image->path, "/proc/%" PRIu64 "/exe", pid);
    if (recall(image)) {
        return 0;
    }
    int code = try_path(image, error);
    if (code == -ENOEXEC && find_library(pid, image->path, sizeof image->path)) {
        code = try_path(image, error);
    }
    if (code == 0) {
        kept[next++ % IMAGES_KEPT] = *image;
    }
    return code;
}

bool image_is_likely(uint64_t pid)
{
    char path[64], target[512];

    snprintf(path, sizeof path, "/proc/%" PRIu64 "/exe", pid);
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length <= 0) {
        return false;
    }
    target[length] = '\0';
    const char *name = strrchr(target, '/') != NULL ? strrchr(target, '/') + 1 : target;
    return strncmp(name, "node", 4) == 0 || find_library(pid, target, sizeof target);
}
