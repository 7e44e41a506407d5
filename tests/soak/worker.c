/* The worker in C: worker NAME THREADS SECONDS SEED. What it prints is described in src/outcomes.rs. */
#define _GNU_SOURCE
#include <mdcloud.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STATUSES = 128, NAME = 64, LARGE = 200000 };

static const char *const eicar = "44d88612fea8a8f36de82e1278abb02f";

/* The calls of one thread. */
struct calls {
    pthread_t thread;
    char name[NAME];
    const mdcloud_client *client;
    uint64_t end_ms, random, files, asked, longest, ended[STATUSES];
    char *content;
};

static uint64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void sleep_ms(uint64_t ms) {
    const struct timespec pause = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&pause, NULL);
}

static uint64_t below(struct calls *calls, uint64_t end) {
    uint64_t z = calls->random += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return (z ^ (z >> 31)) % end;
}

/* A new content with a name of its own; sometimes a large one. */
static mdcloud_source *new_file(struct calls *calls, char *name) {
    snprintf(name, NAME, "%.40s-%" PRIu64, calls->name, ++calls->files);
    const int written = snprintf(calls->content, LARGE, "soak %s\n", name);
    if (below(calls, 10) != 0) return mdcloud_source_bytes(calls->content, (size_t)written);
    memset(calls->content + written, '.', LARGE - (size_t)written);
    return mdcloud_source_bytes(calls->content, LARGE);
}

/* What the caller of an upload knows. An error with a data_id came after the upload. */
static const char *claim(mdcloud_status status, const mdcloud_error *error) {
    if (status == MDCLOUD_STATUS_OK || mdcloud_error_data_id(error) != NULL) return "taken";
    switch (mdcloud_error_delivery(error)) {
    case MDCLOUD_DELIVERY_NOT_SENT: return "not_sent";
    case MDCLOUD_DELIVERY_REFUSED: return "refused";
    default: return "unknown";
    }
}

/* Counts a call that began at `start`, and says of an upload what is known. */
static void ended(struct calls *calls, uint64_t start, const char *upload, mdcloud_status status,
                  mdcloud_error *error) {
    const uint64_t took = now_ms() - start;
    if (took > calls->longest) calls->longest = took;
    if (status >= 0 && status < STATUSES) ++calls->ended[status];
    if (upload != NULL) printf("upload %s %s %s\n", upload, claim(status, error), mdcloud_status_name(status));
    mdcloud_error_free(error);
}

static void scan(struct calls *calls, mdcloud_options *options) {
    char name[NAME];
    mdcloud_source *source = new_file(calls, name);
    mdcloud_result *report = NULL;
    mdcloud_error *error = NULL;
    mdcloud_options_set_filename(options, name);
    const uint64_t start = now_ms();
    ++calls->asked;
    const mdcloud_status status = mdcloud_client_file_scan(calls->client, source, options, &report, &error);
    ended(calls, start, name, status, error);
    mdcloud_result_free(report);
    mdcloud_source_free(source);
}

static void submit_and_wait(struct calls *calls, mdcloud_options *options) {
    char name[NAME];
    mdcloud_source *source = new_file(calls, name);
    mdcloud_result *submission = NULL, *report = NULL;
    mdcloud_error *error = NULL;
    const char *data_id = NULL;
    mdcloud_options_set_filename(options, name);
    uint64_t start = now_ms();
    ++calls->asked;
    mdcloud_status status = mdcloud_client_file_submit(calls->client, source, options, &submission, &error);
    ended(calls, start, name, status, error);
    if (status == MDCLOUD_STATUS_OK) mdcloud_submission_data_id(submission, &data_id);
    if (data_id != NULL) {
        error = NULL;
        start = now_ms();
        ++calls->asked;
        status = mdcloud_client_file_wait(calls->client, data_id, options, &report, &error);
        ended(calls, start, NULL, status, error);
    }
    mdcloud_result_free(report);
    mdcloud_result_free(submission);
    mdcloud_source_free(source);
}

static void sanitize(struct calls *calls, mdcloud_options *options) {
    char name[NAME], clean[2 * NAME];
    mdcloud_source *source = new_file(calls, name);
    mdcloud_result *report = NULL;
    mdcloud_error *error = NULL;
    snprintf(clean, sizeof clean, "/tmp/mdcloud-soak-%d-%s", (int)getpid(), name);
    mdcloud_options_set_filename(options, name);
    const uint64_t start = now_ms();
    ++calls->asked;
    const mdcloud_status status =
        mdcloud_client_file_sanitize(calls->client, source, clean, options, &report, &error);
    ended(calls, start, name, status, error);
    unlink(clean);
    mdcloud_result_free(report);
    mdcloud_source_free(source);
}

static void look_up(struct calls *calls, mdcloud_options *options, uint64_t kind) {
    mdcloud_result *result = NULL;
    mdcloud_error *error = NULL;
    mdcloud_status status;
    char texts[5][40];
    const char *hashes[5];
    for (int i = 0; i < 5; ++i) {
        snprintf(texts[i], sizeof texts[i], "%032" PRIx64, below(calls, UINT64_C(1) << 40) * 8 + (uint64_t)i);
        hashes[i] = texts[i];
    }
    const uint64_t start = now_ms();
    ++calls->asked;
    if (kind == 0) status = mdcloud_client_hash_lookup(calls->client, eicar, options, &result, &error);
    else if (kind == 1) status = mdcloud_client_hash_lookup_many(calls->client, hashes, 5, options, &result, &error);
    else status = mdcloud_client_ip_lookup(calls->client, "203.0.113.7", options, &result, &error);
    ended(calls, start, NULL, status, error);
    mdcloud_result_free(result);
}

struct soon {
    mdcloud_cancel *cancel;
    uint64_t ms;
};

static void *cancel_soon(void *data) {
    const struct soon *soon = data;
    sleep_ms(soon->ms);
    mdcloud_cancel_cancel(soon->cancel);
    return NULL;
}

static void scan_and_cancel(struct calls *calls, mdcloud_options *options) {
    struct soon soon = {mdcloud_cancel_new(), below(calls, 60)};
    pthread_t thread;
    mdcloud_options_set_cancel(options, soon.cancel);
    const int failed = pthread_create(&thread, NULL, cancel_soon, &soon);
    scan(calls, options);
    if (!failed) pthread_join(thread, NULL);
    mdcloud_cancel_free(soon.cancel);
}

static void *work(void *data) {
    struct calls *calls = data;
    while (now_ms() < calls->end_ms) {
        const uint64_t kind = below(calls, 100);
        mdcloud_options *options = mdcloud_options_new();
        mdcloud_options_set_deadline(options, 10000); /* every call has an end */
        if (kind < 25) scan(calls, options);
        else if (kind < 35) submit_and_wait(calls, options);
        else if (kind < 85) look_up(calls, options, kind < 60 ? 0 : kind < 75 ? 1 : 2);
        else if (kind < 92) sanitize(calls, options);
        else scan_and_cancel(calls, options);
        mdcloud_options_free(options);
    }
    return NULL;
}

static mdcloud_client *new_client(void) {
    mdcloud_config *config = mdcloud_config_new();
    mdcloud_client *client = NULL;
    mdcloud_error *error = NULL;
    mdcloud_config_set_read_timeout(config, 2000);
    mdcloud_config_set_max_wait(config, 8000);
    mdcloud_config_set_strict_store(config, true);
    if (mdcloud_client_new(config, &client, &error) != MDCLOUD_STATUS_OK)
        fprintf(stderr, "worker: %s\n", mdcloud_error_message(error));
    mdcloud_error_free(error);
    mdcloud_config_free(config);
    return client;
}

int main(int count, char **arguments) {
    if (count != 5) {
        fputs("usage: worker NAME THREADS SECONDS SEED\n", stderr);
        return 2;
    }
    const unsigned long threads = strtoul(arguments[2], NULL, 10);
    const uint64_t end_ms = now_ms() + strtoull(arguments[3], NULL, 10) * 1000;
    mdcloud_client *client = new_client();
    struct calls *all = calloc(threads, sizeof *all);
    if (client == NULL || all == NULL) return 1;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (unsigned long i = 0; i < threads; ++i) {
        struct calls *calls = &all[i];
        snprintf(calls->name, sizeof calls->name, "%.30s-%lu", arguments[1], i);
        calls->client = client;
        calls->end_ms = end_ms;
        calls->random = strtoull(arguments[4], NULL, 10) * 100 + i;
        calls->content = malloc(LARGE);
        if (calls->content == NULL || pthread_create(&calls->thread, NULL, work, calls) != 0) return 1;
    }
    for (unsigned long i = 0; i < threads; ++i) {
        struct calls *calls = &all[i];
        pthread_join(calls->thread, NULL);
        printf("asked %" PRIu64 "\nlongest %" PRIu64 "\n", calls->asked, calls->longest);
        for (int status = 0; status < STATUSES; ++status) {
            if (calls->ended[status] > 0)
                printf("ended %s %" PRIu64 "\n", mdcloud_status_name(status), calls->ended[status]);
        }
        free(calls->content);
    }
    free(all);
    mdcloud_client_free(client);
    return 0;
}
