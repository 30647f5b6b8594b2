#include "service/auth/vault_keys.h"

#include "base/alloc.h"

#include <openssl/crypto.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_MAX_BYTES = 1 << 16, GENERATION_MAX = 1000000 };

static const struct bytes head_1 = {"pingyi-vault 1", sizeof "pingyi-vault 1" - 1};
static const struct bytes head_2 = {"pingyi-vault 2", sizeof "pingyi-vault 2" - 1};

/* ---- the text ---- */

static bool read_hex(struct bytes text, unsigned char key[VAULT_KEY_BYTES])
{
    if (text.len != (size_t)2 * VAULT_KEY_BYTES)
        return false;
    for (size_t i = 0; i < VAULT_KEY_BYTES; i++) {
        int high = OPENSSL_hexchar2int((unsigned char)text.ptr[2 * i]);
        int low = OPENSSL_hexchar2int((unsigned char)text.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        key[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static bool read_generation(struct bytes text, int *out)
{
    int64_t generation = 0;
    if (!bytes_to_int64(text, &generation) || generation < 1 || generation > GENERATION_MAX)
        return false;
    *out = (int)generation;
    return true;
}

static bool parse_line(struct bytes line, struct vault_keys *keys, unsigned *seen)
{
    struct bytes value = line;
    struct bytes word = bytes_cut(&value, ' ');
    static const char *const words[] = {"generation", "current", "audit", "previous"};
    for (unsigned i = 0; i < 4; i++) {
        if (!bytes_equal(word, bytes_from_z(words[i])))
            continue;
        if ((*seen & 1U << i) != 0)
            return false;
        *seen |= 1U << i;
        return i == 0   ? read_generation(value, &keys->generation)
               : i == 1 ? read_hex(value, keys->current)
               : i == 2 ? read_hex(value, keys->audit)
                        : read_hex(value, keys->previous);
    }
    return false;
}

static bool parse(struct bytes text, struct vault_keys *keys)
{
    unsigned seen = 0;
    if (text.len == 0 || text.ptr[text.len - 1] != '\n')
        return false;
    struct bytes rest = {text.ptr, text.len - 1};
    struct bytes head = bytes_cut(&rest, '\n');
    if (bytes_equal(head, head_1))
        return rest.ptr != NULL && read_hex(rest, keys->current);
    if (!bytes_equal(head, head_2))
        return false;
    while (rest.ptr != NULL) {
        if (!parse_line(bytes_cut(&rest, '\n'), keys, &seen))
            return false;
    }
    keys->has_audit = true;
    keys->has_previous = (seen & 8U) != 0;
    return (seen & 7U) == 7U;
}

int vault_keys_parse(struct bytes text, struct vault_keys *out, struct err *err)
{
    struct vault_keys keys = {0};
    int rc = OK;
    if (parse(text, &keys))
        *out = keys;
    else
        rc = err_set(err, ERR_FORMAT, "the text is no vault key");
    OPENSSL_cleanse(&keys, sizeof keys);
    return rc;
}

static void render_key(struct buf *out, const char *word, const unsigned char key[VAULT_KEY_BYTES])
{
    buf_append_z(out, word);
    for (size_t i = 0; i < VAULT_KEY_BYTES; i++)
        buf_printf(out, "%02x", key[i]);
    buf_append_byte(out, '\n');
}

void vault_keys_render(const struct vault_keys *keys, struct buf *out)
{
    (void)buf_reserve(out, VAULT_FILE_MAX_BYTES); /* so that nothing is outgrown */
    if (keys->generation == 0 && !keys->has_previous) {
        buf_printf(out, BYTES_FMT "\n", BYTES_ARG(head_1));
        render_key(out, "", keys->current);
        return;
    }
    buf_printf(out, BYTES_FMT "\ngeneration %d\n", BYTES_ARG(head_2), keys->generation);
    render_key(out, "current ", keys->current);
    render_key(out, "audit ", keys->audit);
    if (keys->has_previous)
        render_key(out, "previous ", keys->previous);
}

/* ---- the file ---- */

static int file_err_set(struct err *err, const char *what, const char *path)
{
    int number = errno;
    enum err_code code = number == ENOSPC || number == EDQUOT ? ERR_FULL : ERR_IO;
    return err_set(err, code, "could not %s \"%s\": %s", what, path, strerror(number));
}

static int write_all(int fd, const char *ptr, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, ptr, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        ptr += written;
        len -= (size_t)written;
    }
    return 0;
}

/* Make the names in the directory of `path` durable. */
static int sync_directory(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    /* With its slash: what stands before the one of "/vault.key" is no directory. */
    char *directory = slash != NULL ? mem_copy(path, (size_t)(slash - path) + 1) : mem_copy(".", 1);
    if (directory == NULL)
        return err_set(err, ERR_NOMEM, "could not name the directory of \"%s\"", path);
    int rc = OK;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        rc = file_err_set(err, "sync the directory", directory);
    if (fd >= 0)
        (void)close(fd);
    mem_free(directory);
    return rc;
}

/* Give the finished file at `temporary` its name. A link, unlike a rename, never replaces what is there. */
static int publish(const char *temporary, const char *path, bool replace, struct err *err)
{
    int made = replace ? rename(temporary, path) : link(temporary, path);
    if (made != 0) {
        if (errno == EEXIST)
            return err_set(err, ERR_EXISTS, "\"%s\" exists already", path);
        return file_err_set(err, "create", path);
    }
    int rc = sync_directory(path, err);
    if (rc != OK && !replace)
        (void)unlink(path);
    return rc;
}

static int write_keys(int fd, const char *path, const struct vault_keys *keys, struct err *err)
{
    struct buf text;
    buf_init(&text, VAULT_FILE_MAX_BYTES);
    vault_keys_render(keys, &text);
    int rc = buf_status(&text, err);
    if (rc == OK && (write_all(fd, text.ptr, text.len) != 0 || fsync(fd) != 0))
        rc = file_err_set(err, "write", path);
    buf_wipe(&text);
    return rc;
}

int vault_keys_write(const char *path, const struct vault_keys *keys, bool replace, struct err *err)
{
    struct buf temporary;
    buf_init(&temporary, PATH_MAX_BYTES);
    buf_append_z(&temporary, path);
    buf_append(&temporary, (struct bytes){".XXXXXX", sizeof ".XXXXXX"}); /* with its NUL */
    int fd = -1;
    int rc = buf_status(&temporary, err);
    if (rc != OK)
        goto done;
    fd = mkostemp(temporary.ptr, O_CLOEXEC); /* mode 0600 */
    if (fd < 0) {
        rc = file_err_set(err, "create", temporary.ptr);
        goto done;
    }
    rc = write_keys(fd, temporary.ptr, keys, err);
    if (rc == OK)
        rc = publish(temporary.ptr, path, replace, err);
    (void)unlink(temporary.ptr);
done:
    if (fd >= 0)
        (void)close(fd);
    buf_deinit(&temporary);
    return rc;
}

/* Up to `capacity` bytes of the file, or -1. */
static ssize_t read_all(int fd, char *ptr, size_t capacity)
{
    size_t len = 0;
    while (len < capacity) {
        ssize_t got = read(fd, ptr + len, capacity - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        len += (size_t)got;
    }
    return (ssize_t)len;
}

static int read_file(int fd, const char *path, struct vault_keys *out, struct err *err)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return file_err_set(err, "read", path);
    if (!S_ISREG(status.st_mode))
        return err_set(err, ERR_CORRUPT, "\"%s\" is no regular file", path);
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return err_set(err, ERR_PERMISSION, "\"%s\" is open to other users (mode %04o)", path,
                       (unsigned)status.st_mode & 07777U);
    char text[VAULT_FILE_MAX_BYTES + 1]; /* one more, to notice a file that goes on */
    int rc = OK;
    ssize_t len = read_all(fd, text, sizeof text);
    if (len < 0)
        rc = file_err_set(err, "read", path);
    else if (vault_keys_parse((struct bytes){text, (size_t)len}, out, err) != OK)
        rc = err_set(err, ERR_CORRUPT, "\"%s\" does not hold a vault key", path);
    OPENSSL_cleanse(text, sizeof text);
    return rc;
}

int vault_keys_read(const char *path, struct vault_keys *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not keep us waiting */
    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "vault key \"%s\" not found", path);
    if (fd < 0 && errno == EACCES)
        return err_set(err, ERR_PERMISSION, "vault key \"%s\" cannot be read by this user", path);
    if (fd < 0)
        return file_err_set(err, "open", path);
    int rc = read_file(fd, path, out, err);
    (void)close(fd);
    return rc;
}
