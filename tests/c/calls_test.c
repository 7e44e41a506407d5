/* Whole calls through the C ABI, against an emulator: results, streams, cancelling, threads, fork. */
#define _POSIX_C_SOURCE 200809L
#include "client.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A scan with all submit options, and its report field by field. */
static void a_report(void) {
    static const char metadata[] = "{\"text\":\"a\\u0000b\",\"n\":\"42\",\"d\":\"2.5\",\"i\":-7,\"t\":true,\"l\":[1,2,3]}";
    mdcloud_source *source = mdcloud_source_bytes("only text", 9);
    mdcloud_options *options = mdcloud_options_new();
    CHECK(mdcloud_options_set_filename(options, "/tmp/secret place/n\xc3\xa4me.txt") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_options_set_reuse(options, false) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_options_set_rule(options, "multiscan") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_options_set_metadata(options, metadata) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_options_set_archive_password(options, "p") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_options_set_file_password(options, "p") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_options_set_sample_sharing(options, true) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_options_set_callback_url(options, "https://localhost/x") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_options_set_rescan_count(options, 1) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_options_set_rescan_interval(options, 1) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_options_set_header(options, "x-test", "1") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_options_set_deadline(options, 30000) == MDCLOUD_STATUS_OK);
    mdcloud_result *report = NULL;
    mdcloud_error *err = (mdcloud_error *)&passed;
    CHECK(mdcloud_client_file_scan(client, source, options, &report, &err) == MDCLOUD_STATUS_OK);
    CHECK(err == NULL);
    mdcloud_options_free(options);
    mdcloud_source_free(source);
    if (!CHECK(report != NULL)) return;

    const char *text = NULL, *again = NULL;
    int64_t number = -1;
    size_t size = 0, length = 0;
    double real = 0;
    bool flag = false;
    mdcloud_verdict verdict = MDCLOUD_VERDICT_UNKNOWN;
    CHECK(mdcloud_report_verdict(report, &verdict) == MDCLOUD_STATUS_OK && verdict == MDCLOUD_VERDICT_CLEAN);
    CHECK(mdcloud_report_is_finished(report, &flag) == MDCLOUD_STATUS_OK && flag);
    CHECK(mdcloud_report_display_name(report, &text) == MDCLOUD_STATUS_OK && strstr(text, "secret") == NULL);
    CHECK(mdcloud_report_display_name(report, &again) == MDCLOUD_STATUS_OK && again == text);
    CHECK(mdcloud_report_file_size(report, &number) == MDCLOUD_STATUS_OK && number == 9);
    CHECK(mdcloud_report_total_engines(report, &number) == MDCLOUD_STATUS_OK && number > 0);
    CHECK(mdcloud_report_engines_size(report, &size) == MDCLOUD_STATUS_OK && size == (size_t)number);
    for (size_t i = 0; i < size; ++i)
        CHECK(mdcloud_report_engines_name(report, i, &text) == MDCLOUD_STATUS_OK && *text != '\0');
    text = "as it was";
    CHECK(mdcloud_report_engines_name(report, size, &text) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_report_engines_threat(report, 0, &text) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_report_threat_name(report, &text) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_report_sanitized(report, &flag) == MDCLOUD_STATUS_OK && !flag);
    CHECK(mdcloud_report_sanitized_result(report, &text) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK_TEXT(text, "as it was");
    CHECK(mdcloud_report_process_info(report, &flag) == MDCLOUD_STATUS_OK && flag);
    CHECK(mdcloud_report_process_info_result(report, &text) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_report_process_info_verdicts_size(report, &size) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_report_process_info_verdicts(report, size, &text) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_report_extracted_files_size(report, &size) == MDCLOUD_STATUS_OK && size == 0);
    CHECK(mdcloud_report_extracted_files_verdict(report, 0, &verdict) == MDCLOUD_STATUS_NOT_FOUND);

    /* NULL, and results of another type. */
    CHECK(mdcloud_report_data_id(NULL, &text) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_report_data_id(report, NULL) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_submission_data_id(report, &text) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_hash_result_size(report, &size) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_hash_result_hash(report, 0, &text) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_limits_amount(report, "x", &number) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_key_info_is_paid(report, &flag) == MDCLOUD_STATUS_INVALID_ARGUMENT);

    /* By pointer. */
    const char *json = mdcloud_result_json(report, &length);
    CHECK(json != NULL && json[0] == '{' && json[length] == '\0' && strlen(json) == length);
    CHECK(mdcloud_result_json(report, NULL) == json && mdcloud_result_json(NULL, NULL) == NULL);
    CHECK(mdcloud_result_string(report, "/scan_results/scan_all_result_a", &text) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_result_int(report, "/scan_results/total_avs", &number) == MDCLOUD_STATUS_OK && number > 0);
    CHECK(mdcloud_result_double(report, "/scan_results/total_avs", &real) == MDCLOUD_STATUS_OK && real > 0);
    CHECK(mdcloud_result_size(report, "/scan_results/scan_details", &size) == MDCLOUD_STATUS_OK && size > 0);
    CHECK(mdcloud_result_size(report, "", &size) == MDCLOUD_STATUS_OK && size > 3);
    CHECK(mdcloud_result_string(report, "/nothing/here", &text) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_result_string(report, "no slash", &text) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_result_string(report, "/scan_results", &text) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_result_int(report, "/scan_results", &number) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_result_double(report, "/scan_results", &real) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_result_bool(report, "/scan_results", &flag) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_result_size(report, "/data_id", &size) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_result_string(NULL, "", &text) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_result_string(report, NULL, &text) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_result_string(report, "", NULL) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_result_string(report, "\xff", &text) == MDCLOUD_STATUS_INVALID_ARGUMENT);

    /* The metadata came back: kinds of values, and a NUL within a text. */
    CHECK(mdcloud_result_string(report, "/file_info/metadata/text", &text) == MDCLOUD_STATUS_OK);
    CHECK_TEXT(text, "a\xef\xbf\xbd" "b");
    CHECK(mdcloud_result_int(report, "/file_info/metadata/n", &number) == MDCLOUD_STATUS_OK && number == 42);
    CHECK(mdcloud_result_int(report, "/file_info/metadata/i", &number) == MDCLOUD_STATUS_OK && number == -7);
    CHECK(mdcloud_result_double(report, "/file_info/metadata/d", &real) == MDCLOUD_STATUS_OK && real == 2.5);
    CHECK(mdcloud_result_int(report, "/file_info/metadata/d", &number) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_result_bool(report, "/file_info/metadata/t", &flag) == MDCLOUD_STATUS_OK && flag);
    CHECK(mdcloud_result_size(report, "/file_info/metadata/l", &size) == MDCLOUD_STATUS_OK && size == 3);
    CHECK(mdcloud_result_int(report, "/file_info/metadata/l/2", &number) == MDCLOUD_STATUS_OK && number == 3);

    /* The same by its handle and by its hash; strings outlive everything but their result. */
    mdcloud_result *other = NULL;
    CHECK(mdcloud_report_data_id(report, &text) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_client_file_report(client, text, NULL, &other, &err) == MDCLOUD_STATUS_OK);
    mdcloud_result_free(other);
    CHECK(mdcloud_client_file_wait(client, text, NULL, &other, &err) == MDCLOUD_STATUS_OK);
    mdcloud_result_free(other);
    CHECK(mdcloud_report_sha256(report, &text) == MDCLOUD_STATUS_OK && strlen(text) == 64);
    CHECK(mdcloud_client_hash_lookup(client, text, NULL, &other, &err) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_report_sha256(other, &again) == MDCLOUD_STATUS_OK);
    CHECK_TEXT(again, text);
    mdcloud_result_free(other);
    mdcloud_result_free(report);
}

static void many_hashes(void) {
    const char *hashes[] = {UNKNOWN_HASH, "oops", UNKNOWN_HASH, "\xff\xfe", "275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F"};
    mdcloud_source *source = mdcloud_source_bytes("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" "ANTIVIRUS-TEST-FILE!$H+H*", 68);
    mdcloud_result *out = NULL;
    mdcloud_error *err = NULL;
    CHECK(mdcloud_client_file_scan(client, source, NULL, &out, &err) == MDCLOUD_STATUS_OK);
    mdcloud_result_free(out);
    mdcloud_source_free(source);
    CHECK(mdcloud_client_hash_lookup_many(client, hashes, 5, NULL, &out, &err) == MDCLOUD_STATUS_OK && err == NULL);
    size_t size = 0;
    const char *text = NULL;
    bool flag = true;
    mdcloud_verdict verdict = MDCLOUD_VERDICT_PENDING;
    const mdcloud_error *why = NULL;
    CHECK(mdcloud_hash_result_size(out, &size) == MDCLOUD_STATUS_OK && size == 5);
    CHECK(mdcloud_result_size(out, "", &size) == MDCLOUD_STATUS_OK && size == 5);
    CHECK(mdcloud_hash_result_hash(out, 0, &text) == MDCLOUD_STATUS_OK);
    CHECK_TEXT(text, UNKNOWN_HASH);
    CHECK(mdcloud_hash_result_is_known(out, 0, &flag) == MDCLOUD_STATUS_OK && !flag);
    CHECK(mdcloud_hash_result_verdict(out, 0, &verdict) == MDCLOUD_STATUS_OK && verdict == MDCLOUD_VERDICT_UNKNOWN);
    CHECK(mdcloud_hash_result_error(out, 0, &why) == MDCLOUD_STATUS_NOT_FOUND && why == NULL);
    CHECK(mdcloud_hash_result_data_id(out, 0, &text) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_hash_result_hash(out, 1, &text) == MDCLOUD_STATUS_OK);
    CHECK_TEXT(text, "oops");
    CHECK(mdcloud_hash_result_error(out, 1, &why) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_error_status(why) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_hash_result_error(out, 3, &why) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_hash_result_verdict(out, 4, &verdict) == MDCLOUD_STATUS_OK && verdict == MDCLOUD_VERDICT_INFECTED);
    CHECK(mdcloud_hash_result_json(out, 4, &text) == MDCLOUD_STATUS_OK && text[0] == '{');
    CHECK(mdcloud_hash_result_verdict(out, 5, &verdict) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_hash_result_error(out, 5, &why) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_hash_result_engines_size(out, 4, &size) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_hash_result_engines_name(out, 4, size, &text) == MDCLOUD_STATUS_NOT_FOUND);
    mdcloud_result_free(out);
}

typedef mdcloud_status many_texts(const mdcloud_client *, const char *const *, size_t, const mdcloud_options *,
                                  mdcloud_result **, mdcloud_error **);

static void an_empty_list_is_refused(void) {
    many_texts *const all[] = {mdcloud_client_hash_lookup_many, mdcloud_client_ip_lookup_many,
                               mdcloud_client_url_lookup_many, mdcloud_client_domain_lookup_many,
                               mdcloud_client_file_rescan_many};
    const char *const names[] = {"hashes", "ips", "urls", "domains", "file_ids"};
    const char *const nothing[] = {NULL};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        mdcloud_result *out = NULL;
        mdcloud_error *err = NULL;
        CHECK(all[i](client, nothing, 0, NULL, &out, &err) == MDCLOUD_STATUS_INVALID_ARGUMENT);
        CHECK(out == NULL && strstr(mdcloud_error_message(err), names[i]) != NULL);
        CHECK(mdcloud_error_is_local(err));
        mdcloud_error_free(err);
    }
    CHECK(mdcloud_client_file_scan_many(client, NULL, 0, NULL, &(mdcloud_result *){NULL}, NULL) ==
          MDCLOUD_STATUS_INVALID_ARGUMENT);
}

static void the_key_and_anything_else(void) {
    mdcloud_result *out = NULL;
    int64_t number = 0;
    bool flag = true;
    const char *text = NULL;
    CHECK(mdcloud_client_apikey_info(client, NULL, &out, NULL) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_key_info_limit_prevention(out, &number) == MDCLOUD_STATUS_OK && number > 0);
    CHECK(mdcloud_key_info_is_paid(out, &flag) == MDCLOUD_STATUS_OK && !flag);
    mdcloud_result_free(out);
    CHECK(mdcloud_client_apikey_limits_left(client, NULL, &out, NULL) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_limits_reputation_api(out, &number) == MDCLOUD_STATUS_OK && number > 0);
    int64_t same = -1;
    CHECK(mdcloud_limits_amount(out, "reputation_api", &same) == MDCLOUD_STATUS_OK && same == number);
    CHECK(mdcloud_limits_amount(out, "nothing", &same) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_limits_amount(out, NULL, &same) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    mdcloud_result_free(out);
    CHECK(mdcloud_client_apikey_limits(client, NULL, &out, NULL) == MDCLOUD_STATUS_OK);
    mdcloud_result_free(out);

    static const char body[] = "{\"hash\":[\"00000000000000000000000000000000\"]}";
    const char *const headers[] = {"x-test", "1", "content-type", "application/json"};
    CHECK(mdcloud_client_call(client, "POST", "/hash", headers, 2, body, sizeof body - 1, NULL, &out, NULL) ==
          MDCLOUD_STATUS_OK);
    size_t size = 0;
    CHECK(mdcloud_result_size(out, "", &size) == MDCLOUD_STATUS_OK && size >= 1);
    CHECK(mdcloud_report_data_id(out, &text) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    mdcloud_result_free(out);
    mdcloud_error *err = NULL;
    CHECK(mdcloud_client_call(client, "GET", "/", NULL, 0, body, 1, NULL, &out, &err) ==
          MDCLOUD_STATUS_INVALID_ARGUMENT);
    mdcloud_error_free(err);

    CHECK(mdcloud_client_quota(client, &out, NULL) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_result_string(out, "/families/0/name", &text) == MDCLOUD_STATUS_OK);
    mdcloud_result_free(out);
    CHECK(mdcloud_quota(&out, NULL) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_result_size(out, "", &size) == MDCLOUD_STATUS_OK && size >= 1);
    CHECK(strstr(mdcloud_result_json(out, NULL), getenv("MDCLOUD_API_KEY")) == NULL);
    mdcloud_result_free(out);
    CHECK(mdcloud_tracker_info(&out, NULL) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_result_bool(out, "/is_self", &flag) == MDCLOUD_STATUS_OK && flag);
    CHECK(mdcloud_result_int(out, "/copies", &number) == MDCLOUD_STATUS_OK && number == 1);
    CHECK(mdcloud_result_string(out, "/version", &text) == MDCLOUD_STATUS_OK);
    CHECK_TEXT(text, MDCLOUD_VERSION);
    mdcloud_result_free(out);
}

/* A stream that misbehaves as it is told to. */
struct stream {
    size_t left;
    int64_t at_end;
    int calls;
};

static int64_t read_stream(void *data, uint8_t *buffer, size_t size) {
    struct stream *stream = data;
    ++stream->calls;
    if (stream->left == 0) return stream->at_end;
    const size_t count = stream->left < size ? (stream->left < 3 ? stream->left : 3) : size;
    memset(buffer, 'x', count);
    stream->left -= count;
    return (int64_t)count;
}

static mdcloud_status scan_stream(struct stream stream, uint64_t length, mdcloud_error **err) {
    mdcloud_source *source = mdcloud_source_reader(read_stream, &stream, length);
    mdcloud_result *out = NULL;
    const mdcloud_status status = mdcloud_client_file_submit(client, source, NULL, &out, err);
    if (status == MDCLOUD_STATUS_OK) {
        const char *text = NULL;
        mdcloud_error *second = NULL;
        CHECK(mdcloud_submission_data_id(out, &text) == MDCLOUD_STATUS_OK && stream.calls > 1);
        CHECK(mdcloud_client_file_submit(client, source, NULL, &out, &second) == MDCLOUD_STATUS_INVALID_ARGUMENT);
        mdcloud_error_free(second);
    }
    mdcloud_result_free(out);
    mdcloud_source_free(source);
    return status;
}

static void streams(void) {
    mdcloud_error *err = NULL;
    CHECK(scan_stream((struct stream){10, 0, 0}, 10, &err) == MDCLOUD_STATUS_OK);
    CHECK(scan_stream((struct stream){10, 0, 0}, 12, &err) == MDCLOUD_STATUS_IO);
    mdcloud_error_free(err);
    CHECK(scan_stream((struct stream){10, -EBADF, 0}, 12, &err) == MDCLOUD_STATUS_IO);
    CHECK(mdcloud_error_errno(err) == EBADF);
    mdcloud_error_free(err);
    CHECK(scan_stream((struct stream){10, -1, 0}, 12, &err) == MDCLOUD_STATUS_IO && mdcloud_error_errno(err) == 0);
    mdcloud_error_free(err);
    CHECK(scan_stream((struct stream){10, INT64_MIN, 0}, 12, &err) == MDCLOUD_STATUS_IO);
    mdcloud_error_free(err);
    CHECK(scan_stream((struct stream){10, INT64_MAX, 0}, 12, &err) == MDCLOUD_STATUS_IO);
    mdcloud_error_free(err);
    CHECK(scan_stream((struct stream){20, 0, 0}, 12, &err) == MDCLOUD_STATUS_IO);
    mdcloud_error_free(err);
}

/* ---- Progress, deadline, cancellation: with a file whose scan never ends ---- */

static int tell(void *data, int32_t phase, uint64_t done, uint64_t total) {
    int *seen = data;
    if (phase == MDCLOUD_PHASE_UPLOAD && done == total) seen[0]++;
    if (phase == MDCLOUD_PHASE_SCAN && total == 100) seen[1]++;
    return seen[2] != 0 && phase == seen[2];
}

static mdcloud_source *endless(void) {
    return mdcloud_source_bytes("MDCLOUD-RESULT:254", 18);
}

static void progress_and_deadline(void) {
    mdcloud_options *options = mdcloud_options_new();
    mdcloud_source *source = endless();
    mdcloud_result *out = NULL;
    mdcloud_error *err = NULL;
    int seen[3] = {0, 0, 0};
    mdcloud_options_set_reuse(options, false);
    CHECK(mdcloud_options_set_progress(options, tell, seen) == MDCLOUD_STATUS_OK);
    mdcloud_options_set_deadline(options, 1500);
    CHECK(mdcloud_client_file_scan(client, source, options, &out, &err) == MDCLOUD_STATUS_DEADLINE);
    CHECK(mdcloud_error_data_id(err) != NULL && seen[0] >= 1 && seen[1] >= 1);
    mdcloud_error_free(err);
    mdcloud_options_set_deadline(options, MDCLOUD_FOREVER);
    seen[2] = MDCLOUD_PHASE_SCAN;
    CHECK(mdcloud_client_file_scan(client, source, options, &out, &err) == MDCLOUD_STATUS_CANCELLED);
    CHECK(mdcloud_error_data_id(err) != NULL);
    mdcloud_error_free(err);
    seen[2] = MDCLOUD_PHASE_UPLOAD;
    CHECK(mdcloud_client_file_scan(client, source, options, &out, &err) == MDCLOUD_STATUS_CANCELLED);
    mdcloud_error_free(err);
    CHECK(out == NULL);
    mdcloud_source_free(source);
    mdcloud_options_free(options);
}

struct waiting {
    mdcloud_client *client;
    mdcloud_options *options;
    mdcloud_status status;
    double ended;
};

static void *wait_for_ever(void *data) {
    struct waiting *waiting = data;
    mdcloud_source *source = endless();
    mdcloud_result *out = NULL;
    waiting->status = mdcloud_client_file_scan(waiting->client, source, waiting->options, &out, NULL);
    waiting->ended = now_ms();
    mdcloud_result_free(out);
    mdcloud_source_free(source);
    return NULL;
}

static void calls_end_when_told(void) {
    mdcloud_cancel *cancel = mdcloud_cancel_new();
    mdcloud_client *closing = new_client();
    struct waiting waiting[2] = {{client, mdcloud_options_new(), 0, 0}, {closing, NULL, 0, 0}};
    CHECK(mdcloud_options_set_cancel(waiting[0].options, cancel) == MDCLOUD_STATUS_OK);
    pthread_t threads[2];
    for (int i = 0; i < 2; ++i) pthread_create(&threads[i], NULL, wait_for_ever, &waiting[i]);
    nanosleep(&(struct timespec){0, 400000000}, NULL);
    const double told = now_ms();
    mdcloud_cancel_cancel(cancel);
    CHECK(mdcloud_cancel_is_cancelled(cancel));
    CHECK(mdcloud_client_close(closing) == MDCLOUD_STATUS_OK);
    for (int i = 0; i < 2; ++i) {
        pthread_join(threads[i], NULL);
        CHECK(waiting[i].status == MDCLOUD_STATUS_CANCELLED);
        CHECK(waiting[i].ended - told < 1000); /* 50 ms, and room for a slow machine */
    }
    mdcloud_result *out = NULL;
    CHECK(mdcloud_client_apikey_info(closing, NULL, &out, NULL) == MDCLOUD_STATUS_CANCELLED);
    mdcloud_cancel_free(cancel);
    CHECK(mdcloud_client_apikey_info(client, waiting[0].options, &out, NULL) == MDCLOUD_STATUS_CANCELLED);
    mdcloud_options_free(waiting[0].options);
    mdcloud_client_free(closing);
}

static void *look_up(void *data) {
    int *well = data;
    for (int i = 0; i < 20; ++i) {
        mdcloud_result *out = NULL;
        mdcloud_error *err = NULL;
        *well += mdcloud_client_hash_lookup(client, UNKNOWN_HASH, NULL, &out, &err) == MDCLOUD_STATUS_NOT_FOUND &&
                 mdcloud_error_code(err) == 404003;
        mdcloud_error_free(err);
    }
    return NULL;
}

static void many_threads_share_a_client(void) {
    pthread_t threads[8];
    int well[8] = {0};
    for (int i = 0; i < 8; ++i) pthread_create(&threads[i], NULL, look_up, &well[i]);
    for (int i = 0; i < 8; ++i) {
        pthread_join(threads[i], NULL);
        CHECK(well[i] == 20);
    }
}

/* The child gets answers of its own, and the parent goes on with its connections. */
static void a_forked_child_uses_the_client(void) {
    const pid_t child = fork();
    if (child == 0) {
        int well = 0;
        look_up(&well);
        _exit(well == 20 ? 0 : 1);
    }
    int well = 0, status = -1;
    look_up(&well);
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    CHECK(well == 20);
}

int main(void) {
    client = new_client();
    a_report();
    many_hashes();
    an_empty_list_is_refused();
    the_key_and_anything_else();
    streams();
    progress_and_deadline();
    calls_end_when_told();
    many_threads_share_a_client();
    a_forked_child_uses_the_client();
    mdcloud_client_free(client);
    return sums();
}
