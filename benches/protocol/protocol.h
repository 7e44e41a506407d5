/* What every client in C and C++ that is measured does: MODE BASE_URL N [FILE], described in lib.rs. */
#ifndef BENCH_PROTOCOL_H
#define BENCH_PROTOCOL_H

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_KEY "0123456789abcdef0123456789abcdef"

/* A client: each function gives a number that it read off the answer, or -1 when it failed and said why on the
 * standard error. NULL for what it cannot do. `make` gives the client of a thread. */
struct bench_client {
    void *(*make)(const char *base_url);
    long (*raw)(void *client, const char *hash);
    long (*lookup)(void *client, const char *hash);
    long (*full)(void *client, const char *hash);
    long (*bulk)(void *client, const char *const *hashes, unsigned long count);
    long (*upload)(void *client, const char *path);
    long (*sha256)(void *client, const char *path);
};

int bench_run(const struct bench_client *client, int count, char **arguments);

#ifdef __cplusplus
}
#endif

#endif
