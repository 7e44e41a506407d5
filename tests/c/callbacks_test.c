/*
 * Callbacks: on which thread they run, that none runs after its call, and how each can end it.
 * Address and key come from MDCLOUD_BASE_URL and MDCLOUD_API_KEY, which is a paid one.
 */
#define _POSIX_C_SOURCE 200809L
#include "client.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

/* ---- The log --------------------------------------------------------------------------------------- */

struct lines {
    int count, elsewhere, with_key, over; /* `over`: told after its time */
    bool gone;
    int32_t most;
    pthread_t caller;
    mdcloud_status nested;
    pthread_mutex_t lock;
};

static struct lines lines(void) {
    return (struct lines){.caller = pthread_self(), .lock = PTHREAD_MUTEX_INITIALIZER};
}

static void keep(void *data, int32_t level, const char *message) {
    struct lines *kept = data;
    pthread_mutex_lock(&kept->lock);
    ++kept->count;
    kept->over += kept->gone;
    kept->elsewhere += !pthread_equal(pthread_self(), kept->caller);
    kept->with_key += strstr(message, getenv("MDCLOUD_API_KEY")) != NULL;
    if (level > kept->most) kept->most = level;
    pthread_mutex_unlock(&kept->lock);
}

/* Calls from within: one is not logged, and replacing the function that runs is refused. */
static void call_from_within(void *data, int32_t level, const char *message) {
    struct lines *kept = data;
    mdcloud_result *out = NULL;
    keep(data, level, message);
    mdcloud_client_apikey_info(client, NULL, &out, NULL);
    mdcloud_result_free(out);
    kept->nested = mdcloud_log_set_callback(0, NULL, NULL);
}

static void look_up(void) {
    mdcloud_result *out = NULL;
    mdcloud_error *err = NULL;
    CHECK(mdcloud_client_hash_lookup(client, UNKNOWN_HASH, NULL, &out, &err) == MDCLOUD_STATUS_NOT_FOUND);
    mdcloud_error_free(err);
}

static void lines_come_on_the_thread_of_the_call_until_it_is_ended(void) {
    struct lines kept = lines();
    for (int32_t level = -1; level <= 6; ++level) {
        const bool known = level >= MDCLOUD_LOG_LEVEL_ERROR && level <= MDCLOUD_LOG_LEVEL_DEBUG;
        const mdcloud_status status = mdcloud_log_set_callback(level, keep, &kept);
        CHECK(status == (known ? MDCLOUD_STATUS_OK : MDCLOUD_STATUS_INVALID_ARGUMENT));
    }
    look_up();
    CHECK(kept.count >= 1 && kept.elsewhere == 0 && kept.most == MDCLOUD_LOG_LEVEL_DEBUG);
    CHECK(mdcloud_log_set_callback(MDCLOUD_LOG_LEVEL_ERROR, keep, &kept) == MDCLOUD_STATUS_OK);
    kept.count = 0;
    look_up(); /* what the service does not know is no error of the library */
    CHECK(kept.count == 0);

    CHECK(mdcloud_log_set_callback(MDCLOUD_LOG_LEVEL_DEBUG, call_from_within, &kept) == MDCLOUD_STATUS_OK);
    look_up();
    CHECK(kept.count == 1 && kept.nested == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_log_set_callback(-7, NULL, NULL) == MDCLOUD_STATUS_OK); /* the level does not matter */
    kept.gone = true;
    look_up();
    CHECK(kept.over == 0 && kept.count == 1);
}

/* Many batches run on threads of the library: their lines come from there, and all before the call returns. */
static void bulk_calls_are_logged_by_their_own_threads(void) {
    enum { COUNT = 2500 }; /* three batches, and within the allowance */
    static char texts[COUNT][33];
    static const char *hashes[COUNT];
    for (int i = 0; i < COUNT; ++i) {
        snprintf(texts[i], sizeof texts[i], "%032x", i + 1);
        hashes[i] = texts[i];
    }
    struct lines kept = lines();
    CHECK(mdcloud_log_set_callback(MDCLOUD_LOG_LEVEL_DEBUG, keep, &kept) == MDCLOUD_STATUS_OK);
    mdcloud_result *out = NULL;
    CHECK(mdcloud_client_hash_lookup_many(client, hashes, COUNT, NULL, &out, NULL) == MDCLOUD_STATUS_OK);
    mdcloud_result_free(out);
    CHECK(kept.count >= 3 && kept.elsewhere >= 1 && kept.with_key == 0);
    CHECK(mdcloud_log_set_callback(0, NULL, NULL) == MDCLOUD_STATUS_OK);
}

static volatile bool working = true;

/* Asks for what is charged to no allowance, so that it can go on. */
static void *work(void *data) {
    (void)data;
    while (working) {
        mdcloud_result *out = NULL;
        mdcloud_client_apikey_info(client, NULL, &out, NULL);
        mdcloud_result_free(out);
    }
    return NULL;
}

/* What was set before is left alone from the moment on that the setter returns, whatever other threads do. */
static void a_replaced_function_never_runs_again(void) {
    pthread_t threads[4];
    struct lines kept[50];
    CHECK(mdcloud_log_set_callback(MDCLOUD_LOG_LEVEL_DEBUG, NULL, NULL) == MDCLOUD_STATUS_OK);
    for (int i = 0; i < 4; ++i) pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < 50; ++i) {
        kept[i] = lines();
        mdcloud_log_set_callback(MDCLOUD_LOG_LEVEL_DEBUG, keep, &kept[i]);
        for (int seen = 0; seen == 0;) { /* until it has been told something */
            pthread_mutex_lock(&kept[i].lock);
            seen = kept[i].count;
            pthread_mutex_unlock(&kept[i].lock);
        }
        mdcloud_log_set_callback(MDCLOUD_LOG_LEVEL_DEBUG, NULL, NULL);
        kept[i].gone = true; /* without the lock: nobody else may be there any more */
    }
    working = false;
    for (int i = 0; i < 4; ++i) pthread_join(threads[i], NULL);
    int over = 0, with_key = 0;
    for (int i = 0; i < 50; ++i) over += kept[i].over, with_key += kept[i].with_key;
    CHECK(over == 0 && with_key == 0);
}

/* ---- Downloads ------------------------------------------------------------------------------------- */

enum { SIZE = 300000 }; /* several blocks */

struct target {
    char bytes[SIZE + 1];
    size_t length;
    int calls, answer, answer_at;
    mdcloud_cancel *cancel;
    pthread_t caller;
    int elsewhere;
};

static int take(void *data, const uint8_t *bytes, size_t size) {
    struct target *target = data;
    target->elsewhere += !pthread_equal(pthread_self(), target->caller);
    if (++target->calls == target->answer_at) {
        mdcloud_cancel_cancel(target->cancel);
        return target->answer;
    }
    if (target->length + size > sizeof target->bytes) return -1;
    memcpy(target->bytes + target->length, bytes, size);
    target->length += size;
    return 0;
}

static struct target target;

static mdcloud_status download(const char *data_id, int answer, int answer_at, const mdcloud_options *options,
                               mdcloud_error **err) {
    uint64_t written = 77;
    target = (struct target){.answer = answer, .answer_at = answer_at, .caller = pthread_self(), .cancel = target.cancel};
    const mdcloud_status status =
        mdcloud_client_sanitized_download_to(client, data_id, take, &target, options, &written, err);
    CHECK(written == (status == MDCLOUD_STATUS_OK ? target.length : 77));
    CHECK(target.elsewhere == 0 && (answer_at == 0 || target.calls <= answer_at));
    return status;
}

static void a_download_goes_where_it_is_told_and_ends_when_it_is_told(void) {
    static char text[SIZE];
    memset(text, 'x', sizeof text);
    mdcloud_source *source = mdcloud_source_bytes(text, sizeof text);
    mdcloud_result *report = NULL;
    mdcloud_error *err = NULL;
    const char *data_id = NULL;
    uint64_t length = 0;
    CHECK(mdcloud_client_file_sanitize(client, source, "by-path.txt", NULL, &report, &err) == MDCLOUD_STATUS_OK);
    if (!CHECK(mdcloud_report_data_id(report, &data_id) == MDCLOUD_STATUS_OK)) return;

    CHECK(download(data_id, 0, 0, NULL, &err) == MDCLOUD_STATUS_OK && err == NULL);
    CHECK(target.calls > 1); /* block by block */
    CHECK(mdcloud_client_sanitized_download(client, data_id, "by-path.txt", NULL, &length, NULL) == MDCLOUD_STATUS_OK);
    CHECK(length == target.length);
    FILE *file = fopen("by-path.txt", "rb");
    static char same[SIZE + 1];
    CHECK(file != NULL && fread(same, 1, sizeof same, file) == target.length);
    CHECK(memcmp(same, target.bytes, target.length) == 0);
    if (file != NULL) fclose(file);

    const struct {
        int answer;
        mdcloud_status status;
        int number;
    } answers[] = {{-1, MDCLOUD_STATUS_IO, 0},
                   {-ENOSPC, MDCLOUD_STATUS_IO, ENOSPC},
                   {INT_MIN, MDCLOUD_STATUS_IO, 0},
                   {1, MDCLOUD_STATUS_CANCELLED, 0},
                   {INT_MAX, MDCLOUD_STATUS_CANCELLED, 0}};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; ++i) {
        CHECK(download(data_id, answers[i].answer, 1, NULL, &err) == answers[i].status);
        CHECK(target.calls == 1 && mdcloud_error_errno(err) == answers[i].number);
        CHECK(mdcloud_error_status(err) == answers[i].status);
        mdcloud_error_free(err);
    }
    /* By the handle, from within. */
    mdcloud_options *options = mdcloud_options_new();
    target.cancel = mdcloud_cancel_new();
    mdcloud_options_set_cancel(options, target.cancel);
    CHECK(download(data_id, 0, 2, options, &err) == MDCLOUD_STATUS_CANCELLED && target.calls == 2);
    mdcloud_error_free(err);
    mdcloud_cancel_free(target.cancel);
    target.cancel = NULL;
    mdcloud_options_free(options);

    uint64_t untouched = 7;
    CHECK(mdcloud_client_sanitized_download_to(client, data_id, NULL, NULL, NULL, &untouched, &err) ==
          MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(strstr(mdcloud_error_message(err), "write: is NULL") != NULL && untouched == 7);
    mdcloud_error_free(err);
    CHECK(mdcloud_client_sanitized_download_to(client, data_id, take, &target, NULL, NULL, &err) ==
          MDCLOUD_STATUS_INVALID_ARGUMENT);
    mdcloud_error_free(err);
    CHECK(download("../x", 0, 0, NULL, &err) == MDCLOUD_STATUS_INVALID_ARGUMENT && target.calls == 0);
    mdcloud_error_free(err);
    mdcloud_result_free(report);
    mdcloud_source_free(source);
}

/* ---- Streams and progress -------------------------------------------------------------------------- */

struct seen {
    pthread_t caller;
    int reads, steps, elsewhere, over;
    bool gone;
    mdcloud_cancel *cancel;
};

static int64_t read_some(void *data, uint8_t *buffer, size_t size) {
    struct seen *seen = data;
    ++seen->reads;
    seen->elsewhere += !pthread_equal(pthread_self(), seen->caller);
    seen->over += seen->gone;
    mdcloud_cancel_cancel(seen->cancel); /* NULL is fine */
    memset(buffer, 'x', size);
    return (int64_t)size;
}

static int step(void *data, int32_t phase, uint64_t done, uint64_t total) {
    struct seen *seen = data;
    ++seen->steps;
    seen->elsewhere += !pthread_equal(pthread_self(), seen->caller);
    seen->over += seen->gone;
    CHECK(done <= total && (phase == MDCLOUD_PHASE_UPLOAD || phase == MDCLOUD_PHASE_SCAN));
    return 0;
}

/* Reads without end, so a stream of exact length is one that counts. */
struct counted {
    struct seen seen;
    uint64_t left;
};

static int64_t read_counted(void *data, uint8_t *buffer, size_t size) {
    struct counted *counted = data;
    const size_t most = counted->left < size ? (size_t)counted->left : size;
    counted->left -= most;
    return most == 0 ? 0 : read_some(&counted->seen, buffer, most);
}

static void streams_and_progress_stay_with_their_call(void) {
    struct counted counted = {{.caller = pthread_self()}, SIZE};
    struct seen told = {.caller = pthread_self()};
    mdcloud_source *source = mdcloud_source_reader(read_counted, &counted, SIZE);
    mdcloud_options *options = mdcloud_options_new();
    mdcloud_result *report = NULL;
    mdcloud_error *err = NULL;
    mdcloud_options_set_progress(options, step, &told);
    CHECK(mdcloud_client_file_scan(client, source, options, &report, NULL) == MDCLOUD_STATUS_OK);
    mdcloud_options_free(options);
    counted.seen.gone = told.gone = true;
    CHECK(counted.seen.reads > 1 && told.steps > 1 && counted.seen.elsewhere + told.elsewhere == 0);
    mdcloud_result_free(report);
    mdcloud_source_free(source);

    /* A stream that cancels its own call. */
    struct counted stopping = {{.caller = pthread_self(), .cancel = mdcloud_cancel_new()}, SIZE};
    source = mdcloud_source_reader(read_counted, &stopping, SIZE);
    options = mdcloud_options_new();
    mdcloud_options_set_cancel(options, stopping.seen.cancel);
    report = NULL;
    CHECK(mdcloud_client_file_submit(client, source, options, &report, &err) == MDCLOUD_STATUS_CANCELLED);
    CHECK(report == NULL && stopping.seen.reads == 1);
    mdcloud_error_free(err);
    mdcloud_source_free(source);
    mdcloud_cancel_free(stopping.seen.cancel);
    mdcloud_options_free(options);
    look_up();
    CHECK(counted.seen.over + told.over == 0);
}

int main(void) {
    client = new_client();
    lines_come_on_the_thread_of_the_call_until_it_is_ended();
    bulk_calls_are_logged_by_their_own_threads();
    a_replaced_function_never_runs_again();
    a_download_goes_where_it_is_told_and_ends_when_it_is_told();
    streams_and_progress_stay_with_their_call();
    mdcloud_client_free(client);
    return sums();
}
