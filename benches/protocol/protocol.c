/* What every client in C and C++ that is measured does; its modes are described in lib.rs. */
#define _GNU_SOURCE
#include "protocol.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { HASH = 65, MOST_THREADS = 64, NO_SUCH_MODE = 3 };

struct moment {
    double seconds, user, system;
    long peak;
};

/* Hash number `index`: digits that no two have in common. */
static void hash_number(char *text, unsigned long index) {
    unsigned __int128 spread = ((unsigned __int128)0x9e3779b97f4a7c15 << 64) | 0xf39cc0605cedc835;
    spread *= index + 1;
    snprintf(text, HASH, "%032d%016lx%016lx", 0, (unsigned long)(spread >> 64), (unsigned long)spread);
}

/* The most memory that this process has had, in KiB. */
static long peak(void) {
    char line[256];
    long found = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "VmHWM: %ld", &found) == 1) break;
    if (status != NULL) fclose(status);
    return found;
}

static struct moment now(void) {
    struct timespec clock;
    struct rusage used;
    struct moment moment = {.peak = peak()};
    getrusage(RUSAGE_SELF, &used);
    clock_gettime(CLOCK_MONOTONIC, &clock);
    moment.seconds = (double)clock.tv_sec + (double)clock.tv_nsec / 1e9;
    moment.user = (double)used.ru_utime.tv_sec + (double)used.ru_utime.tv_usec / 1e6;
    moment.system = (double)used.ru_stime.tv_sec + (double)used.ru_stime.tv_usec / 1e6;
    return moment;
}

static void say(struct moment start, struct moment end, unsigned long done, const char *more) {
    printf("%.6f user=%.6f sys=%.6f ok=%lu hwm0=%ld hwm=%ld %s\n", end.seconds - start.seconds,
           end.user - start.user, end.system - start.system, done, start.peak, end.peak, more);
}

typedef long (*one_fn)(void *client, const char *hash);

struct thread {
    pthread_t id;
    pthread_barrier_t *gate;
    void *client;
    one_fn one;
    unsigned long first, count, done;
};

static unsigned long look_up(void *client, one_fn one, unsigned long first, unsigned long count) {
    char hash[HASH];
    unsigned long done = 0;
    for (unsigned long index = first; index < first + count; ++index) {
        hash_number(hash, index);
        const long read = one(client, hash);
        if (read < 0) break;
        done += read > 0;
    }
    return done;
}

static void *work(void *data) {
    struct thread *thread = data;
    look_up(thread->client, thread->one, thread->first, 1);
    pthread_barrier_wait(thread->gate);
    thread->done = look_up(thread->client, thread->one, thread->first, thread->count);
    pthread_barrier_wait(thread->gate);
    return NULL;
}

/* The clock starts when every thread has made its first lookup. */
static void in_threads(const struct bench_client *client, one_fn one, unsigned threads, unsigned long count,
                       const char *base_url) {
    struct thread all[MOST_THREADS];
    pthread_barrier_t gate;
    unsigned long done = 0;
    pthread_barrier_init(&gate, NULL, threads + 1);
    void *shared = client->make(base_url);
    for (unsigned index = 0; index < threads; ++index) {
        all[index] = (struct thread){.gate = &gate, .client = shared, .one = one, .count = count / threads};
        all[index].first = index * all[index].count;
        if (pthread_create(&all[index].id, NULL, work, &all[index]) != 0) abort();
    }
    pthread_barrier_wait(&gate);
    const struct moment start = now();
    pthread_barrier_wait(&gate);
    const struct moment end = now();
    for (unsigned index = 0; index < threads; ++index) {
        pthread_join(all[index].id, NULL);
        done += all[index].done;
    }
    say(start, end, done, "");
}

static unsigned long bulk(const struct bench_client *client, void *made, unsigned long count) {
    char(*texts)[HASH] = calloc(count, sizeof *texts);
    const char **hashes = calloc(count, sizeof *hashes);
    if (texts == NULL || hashes == NULL) abort();
    for (unsigned long index = 0; index < count; ++index) {
        hash_number(texts[index], index);
        hashes[index] = texts[index];
    }
    const long done = client->bulk(made, hashes, count);
    free(hashes);
    free(texts);
    return done < 0 ? 0 : (unsigned long)done;
}

int bench_run(const struct bench_client *client, int words, char **arguments) {
    if (words < 4) {
        fputs("MODE BASE_URL N [FILE]\n", stderr);
        return 2;
    }
    const char *mode = arguments[1], *base_url = arguments[2], *file = words > 4 ? arguments[4] : "";
    const unsigned long count = strtoul(arguments[3], NULL, 10);
    const size_t kind = strcspn(mode, "0123456789");
    const unsigned threads = (unsigned)strtoul(mode + kind, NULL, 10);
    one_fn one = !strncmp(mode, "raw", kind) ? client->raw : !strncmp(mode, "full", kind) ? client->full : client->lookup;
    const int looks_up = !strncmp(mode, "raw", kind) || !strncmp(mode, "full", kind) || !strncmp(mode, "lookup", kind);
    if (looks_up && one != NULL && threads > 1 && threads <= MOST_THREADS) {
        in_threads(client, one, threads, count, base_url);
        return 0;
    }
    void *made = client->make(base_url);
    if (made == NULL) return 1;
    const int is_bulk = !strcmp(mode, "bulk1000") && client->bulk != NULL, uploads = !strcmp(mode, "upload"),
              throttle = !strcmp(mode, "throttle"), hashes = !strcmp(mode, "sha256") && client->sha256 != NULL;
    if ((!looks_up && !is_bulk && !uploads && !throttle && !hashes) || one == NULL) return NO_SUCH_MODE;
    if (!throttle && !hashes) look_up(made, one, 0, 1);
    const struct moment start = now();
    unsigned long done = 0;
    if (is_bulk) done = bulk(client, made, count);
    else if (uploads) while (done < count && client->upload(made, file) > 0) ++done;
    else if (hashes) while (done < count && client->sha256(made, file) > 0) ++done;
    else done = look_up(made, one, 0, count);
    say(start, now(), done, throttle && done < count ? "gave_up=1" : "");
    return throttle || done == count ? 0 : 1;
}
