#ifndef PINGYI_TESTS_SERVICE_STORAGE_FAULTY_VFS_H
#define PINGYI_TESTS_SERVICE_STORAGE_FAULTY_VFS_H

#include <sqlite3.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A disk that fails: a VFS of SQLite over the system's, whose n-th request fails with SQLITE_IOERR or SQLITE_FULL, once
 * or from then on. A full disk refuses only what writes. In a header because only tests of storage know SQLite.
 * Thread: one. */
struct faulty_vfs {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    int64_t countdown; /* 0: no fault is armed */
    bool lasting;
    bool met;
    int code;
};

struct faulty_file {
    sqlite3_file base;
    struct faulty_vfs *owner;
    sqlite3_file *real; /* lies behind this struct */
};

static inline bool faulty_vfs_refuses(struct faulty_vfs *faulty, bool writes)
{
    if (faulty->countdown == 0 || (faulty->code == SQLITE_FULL && !writes))
        return false;
    if (--faulty->countdown > 0)
        return false;
    faulty->countdown = faulty->lasting ? 1 : 0;
    faulty->met = true;
    return true;
}

static inline struct faulty_file *faulty_file_of(sqlite3_file *file)
{
    return (struct faulty_file *)file;
}

static inline int faulty_close(sqlite3_file *file)
{
    sqlite3_file *real = faulty_file_of(file)->real;
    return real->pMethods != NULL ? real->pMethods->xClose(real) : SQLITE_OK;
}

static inline int faulty_read(sqlite3_file *file, void *out, int bytes, sqlite3_int64 at)
{
    struct faulty_file *own = faulty_file_of(file);
    if (faulty_vfs_refuses(own->owner, false))
        return SQLITE_IOERR_READ;
    return own->real->pMethods->xRead(own->real, out, bytes, at);
}

static inline int faulty_write(sqlite3_file *file, const void *from, int bytes, sqlite3_int64 at)
{
    struct faulty_file *own = faulty_file_of(file);
    if (!faulty_vfs_refuses(own->owner, true))
        return own->real->pMethods->xWrite(own->real, from, bytes, at);
    /* What a disk has taken before it failed stays there. */
    (void)own->real->pMethods->xWrite(own->real, from, bytes / 2, at);
    return own->owner->code == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static inline int faulty_truncate(sqlite3_file *file, sqlite3_int64 bytes)
{
    struct faulty_file *own = faulty_file_of(file);
    if (faulty_vfs_refuses(own->owner, true))
        return SQLITE_IOERR_TRUNCATE;
    return own->real->pMethods->xTruncate(own->real, bytes);
}

static inline int faulty_sync(sqlite3_file *file, int flags)
{
    struct faulty_file *own = faulty_file_of(file);
    if (faulty_vfs_refuses(own->owner, true))
        return SQLITE_IOERR_FSYNC;
    return own->real->pMethods->xSync(own->real, flags);
}

static inline int faulty_file_size(sqlite3_file *file, sqlite3_int64 *out_bytes)
{
    struct faulty_file *own = faulty_file_of(file);
    if (faulty_vfs_refuses(own->owner, false))
        return SQLITE_IOERR_FSTAT;
    return own->real->pMethods->xFileSize(own->real, out_bytes);
}

static inline int faulty_lock(sqlite3_file *file, int level)
{
    sqlite3_file *real = faulty_file_of(file)->real;
    return real->pMethods->xLock(real, level);
}

static inline int faulty_unlock(sqlite3_file *file, int level)
{
    sqlite3_file *real = faulty_file_of(file)->real;
    return real->pMethods->xUnlock(real, level);
}

static inline int faulty_check_lock(sqlite3_file *file, int *out_locked)
{
    sqlite3_file *real = faulty_file_of(file)->real;
    return real->pMethods->xCheckReservedLock(real, out_locked);
}

static inline int faulty_control(sqlite3_file *file, int operation, void *argument)
{
    sqlite3_file *real = faulty_file_of(file)->real;
    return real->pMethods->xFileControl(real, operation, argument);
}

static inline int faulty_sector(sqlite3_file *file)
{
    sqlite3_file *real = faulty_file_of(file)->real;
    return real->pMethods->xSectorSize(real);
}

static inline int faulty_traits(sqlite3_file *file)
{
    sqlite3_file *real = faulty_file_of(file)->real;
    return real->pMethods->xDeviceCharacteristics(real);
}

static inline int faulty_shm_map(sqlite3_file *file, int region, int bytes, int extend,
                                 void volatile **out)
{
    struct faulty_file *own = faulty_file_of(file);
    if (faulty_vfs_refuses(own->owner, extend != 0))
        return SQLITE_IOERR_SHMMAP;
    return own->real->pMethods->xShmMap(own->real, region, bytes, extend, out);
}

static inline int faulty_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    sqlite3_file *real = faulty_file_of(file)->real;
    return real->pMethods->xShmLock(real, offset, count, flags);
}

static inline void faulty_shm_barrier(sqlite3_file *file)
{
    sqlite3_file *real = faulty_file_of(file)->real;
    real->pMethods->xShmBarrier(real);
}

static inline int faulty_shm_unmap(sqlite3_file *file, int remove)
{
    sqlite3_file *real = faulty_file_of(file)->real;
    return real->pMethods->xShmUnmap(real, remove);
}

static inline int faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                              int *out_flags)
{
    static const sqlite3_io_methods methods = {
        .iVersion = 2,
        .xClose = faulty_close,
        .xRead = faulty_read,
        .xWrite = faulty_write,
        .xTruncate = faulty_truncate,
        .xSync = faulty_sync,
        .xFileSize = faulty_file_size,
        .xLock = faulty_lock,
        .xUnlock = faulty_unlock,
        .xCheckReservedLock = faulty_check_lock,
        .xFileControl = faulty_control,
        .xSectorSize = faulty_sector,
        .xDeviceCharacteristics = faulty_traits,
        .xShmMap = faulty_shm_map,
        .xShmLock = faulty_shm_lock,
        .xShmBarrier = faulty_shm_barrier,
        .xShmUnmap = faulty_shm_unmap,
    };
    struct faulty_vfs *faulty = vfs->pAppData;
    struct faulty_file *own = faulty_file_of(file);
    own->base.pMethods = NULL;
    if (faulty_vfs_refuses(faulty, (flags & SQLITE_OPEN_CREATE) != 0))
        return SQLITE_CANTOPEN;
    own->owner = faulty;
    own->real = (sqlite3_file *)(own + 1);
    int code = faulty->real->xOpen(faulty->real, name, own->real, flags, out_flags);
    /* SQLite closes what has methods, even when opening failed. */
    if (own->real->pMethods != NULL)
        own->base.pMethods = &methods;
    return code;
}

static inline int faulty_delete(sqlite3_vfs *vfs, const char *name, int sync_directory)
{
    struct faulty_vfs *faulty = vfs->pAppData;
    if (faulty_vfs_refuses(faulty, true))
        return SQLITE_IOERR_DELETE;
    return faulty->real->xDelete(faulty->real, name, sync_directory);
}

static inline int faulty_access(sqlite3_vfs *vfs, const char *name, int flags, int *out_result)
{
    struct faulty_vfs *faulty = vfs->pAppData;
    return faulty->real->xAccess(faulty->real, name, flags, out_result);
}

static inline int faulty_full_path(sqlite3_vfs *vfs, const char *name, int bytes, char *out)
{
    struct faulty_vfs *faulty = vfs->pAppData;
    return faulty->real->xFullPathname(faulty->real, name, bytes, out);
}

/* Register it under `name`, beside the system's. */
static inline int faulty_vfs_init(struct faulty_vfs *faulty, const char *name)
{
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    if (real == NULL)
        return SQLITE_ERROR;
    memset(faulty, 0, sizeof *faulty);
    faulty->real = real;
    faulty->vfs = *real; /* random numbers, sleep and clock are the system's */
    faulty->vfs.iVersion = 2;
    faulty->vfs.szOsFile = (int)sizeof(struct faulty_file) + real->szOsFile;
    faulty->vfs.pNext = NULL;
    faulty->vfs.zName = name;
    faulty->vfs.pAppData = faulty;
    faulty->vfs.xOpen = faulty_open;
    faulty->vfs.xDelete = faulty_delete;
    faulty->vfs.xAccess = faulty_access;
    faulty->vfs.xFullPathname = faulty_full_path;
    return sqlite3_vfs_register(&faulty->vfs, 0);
}

static inline void faulty_vfs_deinit(struct faulty_vfs *faulty)
{
    (void)sqlite3_vfs_unregister(&faulty->vfs);
}

/* Let request `nth` from now fail with `code` (SQLITE_IOERR, SQLITE_FULL), and all after it if `lasting`; 0 ends it. */
static inline void faulty_vfs_set(struct faulty_vfs *faulty, int64_t nth, bool lasting, int code)
{
    faulty->countdown = nth;
    faulty->lasting = lasting;
    faulty->code = code;
    faulty->met = false;
}

#endif
