/* Stands between a command and the C library, and makes the disk fail where it is told to.
 *
 * Loaded with LD_PRELOAD. It does nothing until it is armed, by fault_arm() or, in a program that
 * an armed one starts, by the environment variable FAULT_SPEC. A spec is `key=value;...`:
 *
 *   root    Only paths below it count. Must be absolute.
 *   state   A file that all processes of one command share: how many operations there were.
 *   log     Each operation is written here: `number kind path`.
 *   at      The number of the operation that is disturbed; 0 for none.
 *   when    before, after, torn (half of a write, then killed), enospc, eio.
 *   until   once, or on: from that operation to the end.
 *   shadow  A folder that keeps what fsync has made to last.
 *   clock   Nanoseconds since 1970 that the clock shows; each look at it adds a microsecond.
 *
 * Operations: R rename, L link, S symbolic link, U unlink, M mkdir, D rmdir, F fsync, O open that
 * creates or empties, W write, T truncate, C copy inside the kernel.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Longer handles than this are those of no disk. */
#define HANDLE_BYTES 64
#define KEY_SIZE (2 * HANDLE_BYTES + 32)

enum when { NEVER, BEFORE, AFTER, TORN, FAIL };

struct shared {
    atomic_long operations;
    atomic_long looks_at_clock;
};

static struct {
    int armed;
    char root[PATH_MAX];
    size_t root_length;
    char shadow[PATH_MAX];
    int log;
    long at;
    enum when when;
    int error;
    int on;
    long long clock;
    struct shared *shared;
} fault = {.log = -1};

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort();
    return found;
}

static void value_of(const char *spec, const char *key, char *into, size_t size)
{
    size_t length = strlen(key);
    into[0] = 0;
    for (const char *part = spec; part && *part; part = strchr(part, ';') ? strchr(part, ';') + 1 : NULL) {
        if (strncmp(part, key, length) || part[length] != '=')
            continue;
        const char *value = part + length + 1;
        size_t end = strcspn(value, ";");
        if (end >= size)
            end = size - 1;
        memcpy(into, value, end);
        into[end] = 0;
        return;
    }
}

void fault_arm(const char *spec)
{
    char text[PATH_MAX];
    fault.armed = 0;
    value_of(spec, "root", fault.root, sizeof fault.root);
    fault.root_length = strlen(fault.root);
    value_of(spec, "shadow", fault.shadow, sizeof fault.shadow);
    value_of(spec, "at", text, sizeof text);
    fault.at = atol(text);
    value_of(spec, "clock", text, sizeof text);
    fault.clock = atoll(text);
    value_of(spec, "until", text, sizeof text);
    fault.on = !strcmp(text, "on");
    value_of(spec, "when", text, sizeof text);
    fault.when = !strcmp(text, "before") ? BEFORE : !strcmp(text, "after") ? AFTER
               : !strcmp(text, "torn") ? TORN : *text ? FAIL : NEVER;
    fault.error = !strcmp(text, "eio") ? EIO : ENOSPC;
    value_of(spec, "log", text, sizeof text);
    if (*text)
        fault.log = syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    value_of(spec, "state", text, sizeof text);
    int file = syscall(SYS_openat, AT_FDCWD, text, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0 || syscall(SYS_ftruncate, file, sizeof(struct shared)))
        abort();
    fault.shared = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (fault.shared == MAP_FAILED)
        abort();
    syscall(SYS_close, file);
    fault.armed = 1;
}

__attribute__((constructor)) static void arm_from_environment(void)
{
    const char *spec = getenv("FAULT_SPEC");
    if (spec)
        fault_arm(spec);
}

/* The clock. */

static int is_clock_set(void)
{
    return fault.armed && fault.clock;
}

static long long told_time(void)
{
    return fault.clock + 1000 * atomic_fetch_add(&fault.shared->looks_at_clock, 1);
}

int clock_gettime(clockid_t which, struct timespec *into)
{
    if (!is_clock_set() || (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE)) {
        static int (*next)(clockid_t, struct timespec *);
        if (!next)
            next = real("clock_gettime");
        return next(which, into);
    }
    long long now = told_time();
    into->tv_sec = now / 1000000000;
    into->tv_nsec = now % 1000000000;
    return 0;
}

int gettimeofday(struct timeval *into, void *zone)
{
    if (!is_clock_set())
        return syscall(SYS_gettimeofday, into, zone);
    long long now = told_time();
    into->tv_sec = now / 1000000000;
    into->tv_usec = now % 1000000000 / 1000;
    return 0;
}

time_t time(time_t *into)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (into)
        *into = now.tv_sec;
    return now.tv_sec;
}

/* Who waits until a time by the clock that is told must not wait for ever. */
int sem_timedwait(sem_t *semaphore, const struct timespec *until)
{
    struct timespec now, later = *until;
    if (is_clock_set()) {
        syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
        long long told = fault.clock + 1000 * atomic_load(&fault.shared->looks_at_clock);
        long long wait = until->tv_sec * 1000000000LL + until->tv_nsec - told;
        if (wait < 0)
            wait = 0;
        long long end = now.tv_sec * 1000000000LL + now.tv_nsec + wait;
        later.tv_sec = end / 1000000000;
        later.tv_nsec = end % 1000000000;
    }
    return REAL(sem_timedwait)(semaphore, &later);
}

/* Which file is meant. */

static int path_at(int folder, const char *path, char *into)
{
    char base[PATH_MAX];
    if (!path)
        return 0;
    if (path[0] == '/') {
        snprintf(into, PATH_MAX, "%s", path);
        return 1;
    }
    if (folder == AT_FDCWD) {
        if (syscall(SYS_getcwd, base, sizeof base) < 0)
            return 0;
    } else {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, base, sizeof base - 1);
        if (length < 0)
            return 0;
        base[length] = 0;
    }
    return snprintf(into, PATH_MAX, "%s/%s", base, path) < PATH_MAX;
}

static int path_of(int file, char *into)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, into, PATH_MAX - 1);
    if (length < 0)
        return 0;
    into[length] = 0;
    return 1;
}

static int is_ours(const char *path)
{
    return !strncmp(path, fault.root, fault.root_length)
        && (path[fault.root_length] == '/' || !path[fault.root_length]);
}

/* What is done to an operation. */

static void end_it_all(void)
{
    syscall(SYS_kill, 0, SIGKILL);
    for (;;)
        syscall(SYS_pause, 0);
}

struct step {
    long number;
    int error;
};

static struct step begin(char kind, const char *path)
{
    struct step step = {0, 0};
    int kept = errno;
    if (!fault.armed || !is_ours(path))
        return step;
    step.number = atomic_fetch_add(&fault.shared->operations, 1) + 1;
    if (fault.log >= 0) {
        char line[PATH_MAX + 64];
        int length = snprintf(line, sizeof line, "%ld %c %s\n", step.number, kind,
                              path + fault.root_length);
        syscall(SYS_write, fault.log, line, length);
    }
    int is_meant = fault.at && (step.number == fault.at || (fault.on && step.number > fault.at));
    if (is_meant && fault.when == BEFORE)
        end_it_all();
    if (is_meant && fault.when == FAIL) {
        const char *failing = fault.error == ENOSPC ? "WOCTMLSR" : "WFCT";
        if (strchr(failing, kind))
            step.error = fault.error;
    }
    errno = kept;
    return step;
}

static void end(struct step step)
{
    if (step.number && step.number == fault.at && (fault.when == AFTER || fault.when == TORN))
        end_it_all();
}

static int is_torn(struct step step)
{
    return step.number && step.number == fault.at && fault.when == TORN;
}

/* What fsync has made to last: `f.<key>` is a file's content, `d.<key>` a folder's names. */

/* The number of a deleted file is given to the next one at once, and birth times tick in steps of
 * milliseconds: only the handle of the file system tells the two apart. */
static void key_of(int folder, const char *name, int flags, const struct statx *found, char *into,
                   size_t size)
{
    union {
        struct file_handle handle;
        char room[sizeof(struct file_handle) + HANDLE_BYTES];
    } asked;
    int mount;
    asked.handle.handle_bytes = HANDLE_BYTES;
    if (syscall(SYS_name_to_handle_at, folder, name, &asked.handle, &mount, flags)) {
        snprintf(into, size, "%llu-%lld-%u", (unsigned long long)found->stx_ino,
                 (long long)found->stx_btime.tv_sec, found->stx_btime.tv_nsec);
        return;
    }
    size_t used = 0;
    for (unsigned at = 0; at < asked.handle.handle_bytes && used + 3 < size; at++)
        used += snprintf(into + used, size - used, "%02x", asked.handle.f_handle[at]);
}

static int look(int folder, const char *name, int flags, struct statx *found, char *key, size_t size)
{
    if (syscall(SYS_statx, folder, name, flags | AT_SYMLINK_NOFOLLOW,
                STATX_BASIC_STATS | STATX_BTIME, found))
        return -1;
    key_of(folder, name, flags, found, key, size);
    return 0;
}

/* For the test, which runs without the shim around it: the key of a file. */
int fault_key(const char *path, char *into, size_t size)
{
    struct statx found;
    return look(AT_FDCWD, path, 0, &found, into, size);
}

/* What cannot be kept would look like a loss of the command's. */
static void broken_shim(const char *what)
{
    char text[256];
    int length = snprintf(text, sizeof text, "the shim cannot keep what is synced: %s: %s\n", what,
                          strerror(errno));
    syscall(SYS_write, 2, text, length);
    abort();
}

static void put(int target, const char *bytes, ssize_t length)
{
    while (length > 0) {
        ssize_t done = syscall(SYS_write, target, bytes, length);
        if (done <= 0)
            broken_shim("write");
        bytes += done;
        length -= done;
    }
}

static void remember(int file)
{
    struct statx found;
    char key[KEY_SIZE], name[PATH_MAX + KEY_SIZE + 8], temporary[PATH_MAX + KEY_SIZE + 40], link[64];
    if (!fault.shadow[0])
        return;
    if (look(file, "", AT_EMPTY_PATH, &found, key, sizeof key))
        broken_shim("statx");
    int is_folder = S_ISDIR(found.stx_mode);
    snprintf(name, sizeof name, "%s/%c.%s", fault.shadow, is_folder ? 'd' : 'f', key);
    snprintf(temporary, sizeof temporary, "%s.%ld", name, syscall(SYS_gettid));
    int target = syscall(SYS_openat, AT_FDCWD, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    int source = syscall(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC | (is_folder ? O_DIRECTORY : 0), 0);
    if (target < 0 || source < 0)
        broken_shim("open");
    static _Thread_local char block[1 << 16];
    ssize_t length;
    if (is_folder) {
        while ((length = syscall(SYS_getdents64, source, block, sizeof block)) > 0) {
            for (char *place = block; place < block + length;) {
                struct dirent64 *entry = (struct dirent64 *)place;
                place += entry->d_reclen;
                if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
                    continue;
                /* It may have been removed just now. */
                if (look(source, entry->d_name, 0, &found, key, sizeof key))
                    continue;
                char line[KEY_SIZE + 512];
                char kind = S_ISDIR(found.stx_mode) ? 'd' : S_ISLNK(found.stx_mode) ? 'l' : 'f';
                put(target, line, snprintf(line, sizeof line, "%c %s %s\n", kind, key, entry->d_name));
            }
        }
    } else {
        while ((length = syscall(SYS_read, source, block, sizeof block)) > 0)
            put(target, block, length);
    }
    if (length < 0)
        broken_shim("read");
    syscall(SYS_close, source);
    syscall(SYS_close, target);
    if (syscall(SYS_renameat, AT_FDCWD, temporary, AT_FDCWD, name))
        broken_shim("rename");
}

static void remember_all(const char *path)
{
    int folder = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
    if (folder < 0)
        return;
    remember(folder);
    DIR *entries = fdopendir(folder);
    if (!entries) {
        syscall(SYS_close, folder);
        return;
    }
    for (struct dirent *entry; (entry = readdir(entries));) {
        char below[PATH_MAX];
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") || entry->d_type == DT_LNK)
            continue;
        if (snprintf(below, sizeof below, "%s/%s", path, entry->d_name) < (int)sizeof below)
            remember_all(below);
    }
    closedir(entries);
}

/* The operations. `...` of a call with a path before and after it. */

#define GUARDED(kind, folder, path, call)                                                          \
    do {                                                                                           \
        char full[PATH_MAX];                                                                       \
        if (!fault.armed || !path_at(folder, path, full))                                          \
            return call;                                                                           \
        struct step step = begin(kind, full);                                                      \
        if (step.error) {                                                                          \
            errno = step.error;                                                                    \
            return -1;                                                                             \
        }                                                                                          \
        __typeof__(call) done = call;                                                              \
        int kept = errno;                                                                          \
        end(step);                                                                                 \
        errno = kept;                                                                              \
        return done;                                                                               \
    } while (0)

int rename(const char *from, const char *to)
{
    GUARDED('R', AT_FDCWD, to, REAL(rename)(from, to));
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    GUARDED('R', to_folder, to, REAL(renameat)(from_folder, from, to_folder, to));
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    GUARDED('R', to_folder, to, REAL(renameat2)(from_folder, from, to_folder, to, flags));
}

int link(const char *from, const char *to)
{
    GUARDED('L', AT_FDCWD, to, REAL(link)(from, to));
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    GUARDED('L', to_folder, to, REAL(linkat)(from_folder, from, to_folder, to, flags));
}

int symlink(const char *from, const char *to)
{
    GUARDED('S', AT_FDCWD, to, REAL(symlink)(from, to));
}

int symlinkat(const char *from, int folder, const char *to)
{
    GUARDED('S', folder, to, REAL(symlinkat)(from, folder, to));
}

int unlink(const char *path)
{
    GUARDED('U', AT_FDCWD, path, REAL(unlink)(path));
}

int remove(const char *path)
{
    GUARDED('U', AT_FDCWD, path, REAL(remove)(path));
}

int unlinkat(int folder, const char *path, int flags)
{
    char kind = flags & AT_REMOVEDIR ? 'D' : 'U';
    GUARDED(kind, folder, path, REAL(unlinkat)(folder, path, flags));
}

int rmdir(const char *path)
{
    GUARDED('D', AT_FDCWD, path, REAL(rmdir)(path));
}

int mkdir(const char *path, mode_t mode)
{
    GUARDED('M', AT_FDCWD, path, REAL(mkdir)(path, mode));
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    GUARDED('M', folder, path, REAL(mkdirat)(folder, path, mode));
}

int truncate(const char *path, off_t length)
{
    GUARDED('T', AT_FDCWD, path, (int)syscall(SYS_truncate, path, length));
}

static int opened(int folder, const char *path, int flags, mode_t mode)
{
    if (!(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE)
        return syscall(SYS_openat, folder, path, flags, mode);
    GUARDED('O', folder, path, (int)syscall(SYS_openat, folder, path, flags, mode));
}

#define OPENED(folder, path, flags)                                                                \
    do {                                                                                           \
        mode_t mode = 0;                                                                           \
        if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {                                 \
            va_list more;                                                                          \
            va_start(more, flags);                                                                 \
            mode = va_arg(more, mode_t);                                                           \
            va_end(more);                                                                          \
        }                                                                                          \
        return opened(folder, path, flags, mode);                                                  \
    } while (0)

int open(const char *path, int flags, ...)
{
    OPENED(AT_FDCWD, path, flags);
}

int open64(const char *path, int flags, ...)
{
    OPENED(AT_FDCWD, path, flags);
}

int openat(int folder, const char *path, int flags, ...)
{
    OPENED(folder, path, flags);
}

int openat64(int folder, const char *path, int flags, ...)
{
    OPENED(folder, path, flags);
}

int creat(const char *path, mode_t mode)
{
    return opened(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

static int synced(int file)
{
    char full[PATH_MAX];
    if (!fault.armed || !path_of(file, full) || !is_ours(full))
        return syscall(SYS_fsync, file);
    struct step step = begin('F', full);
    if (step.error) {
        errno = step.error;
        return -1;
    }
    /* The machine does not really lose its power, so nothing has to reach its disk. */
    remember(file);
    end(step);
    return 0;
}

int fsync(int file)
{
    return synced(file);
}

int fdatasync(int file)
{
    return synced(file);
}

void sync(void)
{
    if (!fault.armed) {
        syscall(SYS_sync);
        return;
    }
    struct step step = begin('F', fault.root);
    if (fault.shadow[0])
        remember_all(fault.root);
    end(step);
}

int syncfs(int file)
{
    if (!fault.armed)
        return syscall(SYS_syncfs, file);
    struct step step = begin('F', fault.root);
    if (step.error) {
        errno = step.error;
        return -1;
    }
    if (fault.shadow[0])
        remember_all(fault.root);
    end(step);
    return 0;
}

#define WRITTEN(kind, file, size, whole, half)                                                     \
    do {                                                                                           \
        char full[PATH_MAX];                                                                       \
        if (!fault.armed || !path_of(file, full) || !is_ours(full))                                \
            return whole;                                                                          \
        struct step step = begin(kind, full);                                                      \
        if (step.error) {                                                                          \
            errno = step.error;                                                                    \
            return -1;                                                                             \
        }                                                                                          \
        ssize_t done = is_torn(step) ? half : whole;                                               \
        int kept = errno;                                                                          \
        end(step);                                                                                 \
        errno = kept;                                                                              \
        return done;                                                                               \
    } while (0)

ssize_t write(int file, const void *bytes, size_t size)
{
    WRITTEN('W', file, size, syscall(SYS_write, file, bytes, size),
            syscall(SYS_write, file, bytes, size / 2));
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t at)
{
    WRITTEN('W', file, size, syscall(SYS_pwrite64, file, bytes, size, at),
            syscall(SYS_pwrite64, file, bytes, size / 2, at));
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at)
{
    return pwrite(file, bytes, size, at);
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
    WRITTEN('W', file, count, REAL(writev)(file, parts, count), REAL(writev)(file, parts, count / 2));
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at)
{
    WRITTEN('W', file, count, REAL(pwritev)(file, parts, count, at),
            REAL(pwritev)(file, parts, count / 2, at));
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t at)
{
    return pwritev(file, parts, count, at);
}

int ftruncate(int file, off_t length)
{
    WRITTEN('T', file, length, syscall(SYS_ftruncate, file, length), 0);
}

int ftruncate64(int file, off64_t length)
{
    return ftruncate(file, length);
}

int fallocate(int file, int mode, off_t at, off_t length)
{
    WRITTEN('T', file, length, syscall(SYS_fallocate, file, mode, at, length), 0);
}

int fallocate64(int file, int mode, off64_t at, off64_t length)
{
    return fallocate(file, mode, at, length);
}

int posix_fallocate(int file, off_t at, off_t length)
{
    return fallocate(file, 0, at, length) ? errno : 0;
}

int posix_fallocate64(int file, off64_t at, off64_t length)
{
    return posix_fallocate(file, at, length);
}

ssize_t copy_file_range(int from, off64_t *from_at, int file, off64_t *at, size_t size, unsigned flags)
{
    WRITTEN('C', file, size, syscall(SYS_copy_file_range, from, from_at, file, at, size, flags),
            syscall(SYS_copy_file_range, from, from_at, file, at, size / 2, flags));
}

ssize_t sendfile(int file, int from, off_t *at, size_t size)
{
    WRITTEN('C', file, size, syscall(SYS_sendfile, file, from, at, size),
            syscall(SYS_sendfile, file, from, at, size / 2));
}

ssize_t sendfile64(int file, int from, off64_t *at, size_t size)
{
    return sendfile(file, from, at, size);
}
