/* To be preloaded: a disk that is full while the file $SHIM_FULL is there, and whose syncs take up to $SHIM_SLOW_MS
 * milliseconds longer. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

ssize_t write(int fd, const void *from, size_t bytes);
ssize_t pwrite(int fd, const void *from, size_t bytes, off_t at);
ssize_t pwrite64(int fd, const void *from, size_t bytes, off64_t at);
int fdatasync(int fd);
int fsync(int fd);

static int is_full(void)
{
    const char *flag = getenv("SHIM_FULL");
    return flag != NULL && access(flag, F_OK) == 0;
}

ssize_t write(int fd, const void *from, size_t bytes)
{
    struct stat status;
    if (is_full() && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_write, fd, from, bytes);
}

static ssize_t write_at(int fd, const void *from, size_t bytes, off64_t at)
{
    if (is_full()) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_pwrite64, fd, from, bytes, at);
}

ssize_t pwrite(int fd, const void *from, size_t bytes, off_t at)
{
    return write_at(fd, from, bytes, at);
}

ssize_t pwrite64(int fd, const void *from, size_t bytes, off64_t at)
{
    return write_at(fd, from, bytes, at);
}

static void wait_some(void)
{
    const char *most = getenv("SHIM_SLOW_MS");
    struct timespec now;
    if (most == NULL)
        return;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    long most_us = strtol(most, NULL, 10) * 1000;
    struct timespec pause = {.tv_nsec = now.tv_nsec / 1000 * 7919 % (most_us + 1) * 1000};
    (void)nanosleep(&pause, NULL);
}

int fdatasync(int fd)
{
    wait_some();
    return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
    wait_some();
    return (int)syscall(SYS_fsync, fd);
}
