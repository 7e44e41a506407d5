/*
 * The C ABI against an emulator: what the top of mdcloud.h promises.
 * Address and key come from MDCLOUD_BASE_URL and MDCLOUD_API_KEY.
 */
#include "client.h"

#include <errno.h>
#include <stdint.h>

static void versions_and_names(void) {
    CHECK_TEXT(mdcloud_version(), MDCLOUD_VERSION);
    CHECK(MDCLOUD_VERSION_AT_LEAST(0, 1, 0));
    CHECK(MDCLOUD_VERSION_AT_LEAST(MDCLOUD_VERSION_MAJOR, MDCLOUD_VERSION_MINOR, MDCLOUD_VERSION_PATCH));
    CHECK(!MDCLOUD_VERSION_AT_LEAST(MDCLOUD_VERSION_MAJOR, MDCLOUD_VERSION_MINOR, MDCLOUD_VERSION_PATCH + 1));
    CHECK(!MDCLOUD_VERSION_AT_LEAST(MDCLOUD_VERSION_MAJOR + 1, 0, 0));
    char text[40];
    snprintf(text, sizeof text, "%d.%d.%d", MDCLOUD_VERSION_MAJOR, MDCLOUD_VERSION_MINOR, MDCLOUD_VERSION_PATCH);
    CHECK_TEXT(text, MDCLOUD_VERSION);
    CHECK_TEXT(mdcloud_status_name(MDCLOUD_STATUS_OK), "OK");
    CHECK_TEXT(mdcloud_status_name(MDCLOUD_STATUS_QUOTA_EXHAUSTED), "QUOTA_EXHAUSTED");
    CHECK_TEXT(mdcloud_status_name(12345), "UNKNOWN");
    CHECK_TEXT(mdcloud_verdict_name(MDCLOUD_VERDICT_INFECTED), "INFECTED");
    CHECK_TEXT(mdcloud_verdict_name(-1), "UNKNOWN");
    CHECK_TEXT(mdcloud_operation_name(MDCLOUD_OPERATION_HASH_LOOKUP), "hash_lookup");
    CHECK_TEXT(mdcloud_operation_name(0), "UNKNOWN");
    CHECK(sizeof(mdcloud_status) == 4 && sizeof(mdcloud_verdict) == 4 && sizeof(mdcloud_operation) == 4);
}

static void freeing_null_is_fine(void) {
    mdcloud_config_free(NULL);
    mdcloud_client_free(NULL);
    mdcloud_source_free(NULL);
    mdcloud_options_free(NULL);
    mdcloud_result_free(NULL);
    mdcloud_error_free(NULL);
    mdcloud_cancel_free(NULL);
    mdcloud_cancel_cancel(NULL);
    CHECK(!mdcloud_cancel_is_cancelled(NULL));
    CHECK(mdcloud_client_close(NULL) == MDCLOUD_STATUS_INVALID_ARGUMENT);
}

static void no_error_is_an_error_with_nothing_in_it(void) {
    size_t length = 7;
    CHECK(mdcloud_error_status(NULL) == MDCLOUD_STATUS_OK);
    CHECK_TEXT(mdcloud_error_message(NULL), "");
    CHECK(mdcloud_error_http_status(NULL) == 0 && mdcloud_error_code(NULL) == 0 && mdcloud_error_errno(NULL) == 0);
    CHECK(mdcloud_error_message_count(NULL) == 0 && mdcloud_error_message_at(NULL, 0) == NULL);
    CHECK(mdcloud_error_retry_after_ms(NULL) == MDCLOUD_UNKNOWN && !mdcloud_error_is_local(NULL));
    CHECK(mdcloud_error_delivery(NULL) == MDCLOUD_DELIVERY_NOT_SENT);
    CHECK(mdcloud_error_family(NULL) == NULL && mdcloud_error_request(NULL) == NULL);
    CHECK(mdcloud_error_data_id(NULL) == NULL);
    CHECK(mdcloud_error_raw(NULL, &length) == NULL && length == 0);
    CHECK(mdcloud_error_raw(NULL, NULL) == NULL);
}

/* A call with a NULL where none may be: the status, an error that names the argument, nothing else. */
#define REFUSED(argument, call) \
    do { \
        mdcloud_result *out = untouched; \
        mdcloud_error *err = NULL; \
        CHECK((call) == MDCLOUD_STATUS_INVALID_ARGUMENT); \
        CHECK(out == untouched); \
        CHECK(err != NULL && strstr(mdcloud_error_message(err), argument ": is NULL") != NULL); \
        CHECK(mdcloud_error_is_local(err) && mdcloud_error_request(err) == NULL); \
        mdcloud_error_free(err); \
    } while (0)

static void null_is_refused_by_name(void) {
    mdcloud_result *const untouched = (mdcloud_result *)&passed;
    mdcloud_source *source = mdcloud_source_bytes("x", 1);
    REFUSED("client", mdcloud_client_file_scan(NULL, source, NULL, &out, &err));
    REFUSED("source", mdcloud_client_file_scan(client, NULL, NULL, &out, &err));
    REFUSED("out", mdcloud_client_file_scan(client, source, NULL, NULL, &err));
    REFUSED("client", mdcloud_client_file_submit(NULL, source, NULL, &out, &err));
    REFUSED("source", mdcloud_client_file_submit(client, NULL, NULL, &out, &err));
    REFUSED("out", mdcloud_client_file_submit(client, source, NULL, NULL, &err));
    REFUSED("client", mdcloud_client_file_report(NULL, "a", NULL, &out, &err));
    REFUSED("data_id", mdcloud_client_file_report(client, NULL, NULL, &out, &err));
    REFUSED("out", mdcloud_client_file_report(client, "a", NULL, NULL, &err));
    REFUSED("data_id", mdcloud_client_file_wait(client, NULL, NULL, &out, &err));
    REFUSED("out", mdcloud_client_file_wait(client, "a", NULL, NULL, &err));
    REFUSED("client", mdcloud_client_hash_lookup(NULL, "a", NULL, &out, &err));
    REFUSED("hash", mdcloud_client_hash_lookup(client, NULL, NULL, &out, &err));
    REFUSED("out", mdcloud_client_hash_lookup(client, "a", NULL, NULL, &err));
    const char *one[] = {NULL};
    REFUSED("client", mdcloud_client_hash_lookup_many(NULL, one, 0, NULL, &out, &err));
    REFUSED("hashes", mdcloud_client_hash_lookup_many(client, NULL, 1, NULL, &out, &err));
    REFUSED("hashes[0]", mdcloud_client_hash_lookup_many(client, one, 1, NULL, &out, &err));
    const char *some[] = {"a"};
    REFUSED("out", mdcloud_client_hash_lookup_many(client, some, 1, NULL, NULL, &err));
    REFUSED("client", mdcloud_client_apikey_info(NULL, NULL, &out, &err));
    REFUSED("out", mdcloud_client_apikey_info(client, NULL, NULL, &err));
    REFUSED("client", mdcloud_client_apikey_limits(NULL, NULL, &out, &err));
    REFUSED("client", mdcloud_client_apikey_limits_left(NULL, NULL, &out, &err));
    REFUSED("client", mdcloud_client_call(NULL, "GET", "/", NULL, 0, NULL, 0, NULL, &out, &err));
    REFUSED("method", mdcloud_client_call(client, NULL, "/", NULL, 0, NULL, 0, NULL, &out, &err));
    REFUSED("path", mdcloud_client_call(client, "GET", NULL, NULL, 0, NULL, 0, NULL, &out, &err));
    REFUSED("headers", mdcloud_client_call(client, "GET", "/", NULL, 1, NULL, 0, NULL, &out, &err));
    REFUSED("body", mdcloud_client_call(client, "POST", "/", NULL, 0, NULL, 1, NULL, &out, &err));
    const char *pair[] = {"x", NULL};
    REFUSED("header_value", mdcloud_client_call(client, "GET", "/", pair, 1, NULL, 0, NULL, &out, &err));
    REFUSED("client", mdcloud_client_quota(NULL, &out, &err));
    REFUSED("out", mdcloud_client_quota(client, NULL, &err));
    REFUSED("out", mdcloud_quota(NULL, &err));
    REFUSED("out", mdcloud_tracker_info(NULL, &err));
    REFUSED("config", mdcloud_client_new(NULL, (mdcloud_client **)&out, &err));
    mdcloud_config *config = mdcloud_config_new();
    REFUSED("out", mdcloud_client_new(config, NULL, &err));
    mdcloud_config_free(config);

    CHECK(mdcloud_client_file_scan(client, NULL, NULL, NULL, NULL) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_source_path(NULL) == NULL && mdcloud_source_bytes(NULL, 1) == NULL);
    CHECK(mdcloud_source_reader(NULL, NULL, 1) == NULL);
    mdcloud_source_free(source);
    mdcloud_source *empty = mdcloud_source_bytes(NULL, 0);
    CHECK(empty != NULL);
    CHECK(mdcloud_client_file_scan(client, empty, NULL, (mdcloud_result **)&one, NULL) ==
          MDCLOUD_STATUS_INVALID_ARGUMENT);
    mdcloud_source_free(empty);
}

static void settings(void) {
    mdcloud_config *config = mdcloud_config_new();
    CHECK(mdcloud_config_set_retries(NULL, 1) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_config_set_api_key(config, "key") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_base_url(config, "http://127.0.0.1:9/v4") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_allow_http(config, true) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_connect_timeout(config, 1000) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_read_timeout(config, 1000) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_timeout(config, MDCLOUD_FOREVER) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_max_wait(config, 0) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_throttle(config, "10/60s") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_quota_store(config, "process") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_retries(config, 0) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_deadline(config, 1000) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_proxy(config, "") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_user_agent(config, "test/1") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_concurrency(config, 2) == MDCLOUD_STATUS_OK);
    mdcloud_client *made = NULL;
    mdcloud_error *err = NULL;
    CHECK(mdcloud_client_new(config, &made, &err) == MDCLOUD_STATUS_OK && made != NULL && err == NULL);

    /* Nobody listens there: the error has all that is known. */
    mdcloud_result *out = NULL;
    CHECK(mdcloud_client_apikey_info(made, NULL, &out, &err) == MDCLOUD_STATUS_NETWORK);
    CHECK(out == NULL && mdcloud_error_status(err) == MDCLOUD_STATUS_NETWORK);
    CHECK_TEXT(mdcloud_error_request(err), "GET /apikey/");
    CHECK(mdcloud_error_http_status(err) == 0 && mdcloud_error_retry_after_ms(err) == MDCLOUD_UNKNOWN);
    CHECK(mdcloud_error_delivery(err) == MDCLOUD_DELIVERY_NOT_SENT);
    CHECK(strstr(mdcloud_error_message(err), "key") == NULL || strstr(mdcloud_error_message(err), "apikey"));
    mdcloud_error_free(err);
    mdcloud_client_free(made);

    /* What was refused is said at once and comes up again, until it is put right. */
    made = NULL;
    CHECK(mdcloud_config_set_throttle(config, "often") == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_config_set_api_key(config, "\xff") == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_client_new(config, &made, &err) == MDCLOUD_STATUS_INVALID_ARGUMENT && made == NULL);
    CHECK(strstr(mdcloud_error_message(err), "is not UTF-8") != NULL);
    mdcloud_error_free(err);
    CHECK(mdcloud_config_set_api_key(config, "key") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_client_new(config, &made, &err) == MDCLOUD_STATUS_INVALID_ARGUMENT && made == NULL);
    CHECK(strstr(mdcloud_error_message(err), "throttle") != NULL);
    mdcloud_error_free(err);
    CHECK(mdcloud_config_set_throttle(config, "1/1h") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_client_new(config, &made, &err) == MDCLOUD_STATUS_OK && err == NULL);
    mdcloud_client_free(made);
    made = NULL;
    CHECK(mdcloud_config_set_ca_file(config, "/nonexistent.pem") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_client_new(config, &made, &err) != MDCLOUD_STATUS_OK && made == NULL);
    CHECK(strstr(mdcloud_error_message(err), "/nonexistent.pem") != NULL);
    mdcloud_error_free(err);
    mdcloud_config_free(config);
}

static void for_ever_is_a_time_everywhere(void) {
    mdcloud_config *config = mdcloud_config_new();
    mdcloud_options *options = mdcloud_options_new();
    mdcloud_config_set_connect_timeout(config, MDCLOUD_FOREVER);
    mdcloud_config_set_read_timeout(config, MDCLOUD_FOREVER);
    mdcloud_config_set_timeout(config, MDCLOUD_FOREVER - 1);
    mdcloud_config_set_max_wait(config, MDCLOUD_FOREVER);
    mdcloud_config_set_deadline(config, MDCLOUD_FOREVER);
    CHECK(mdcloud_options_set_max_wait(options, MDCLOUD_FOREVER) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_options_set_deadline(options, MDCLOUD_FOREVER - 1) == MDCLOUD_STATUS_OK);
    mdcloud_client *patient = NULL;
    mdcloud_result *out = NULL;
    CHECK(mdcloud_client_new(config, &patient, NULL) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_client_apikey_info(patient, NULL, &out, NULL) == MDCLOUD_STATUS_OK);
    mdcloud_result_free(out);
    CHECK(mdcloud_client_apikey_limits(patient, options, &out, NULL) == MDCLOUD_STATUS_OK);
    mdcloud_result_free(out);
    mdcloud_client_free(patient);
    mdcloud_options_free(options);
    mdcloud_config_free(config);
}

static void refused_options_fail_the_call(void) {
    mdcloud_options *options = mdcloud_options_new();
    mdcloud_error *err = NULL;
    mdcloud_result *out = NULL;
    CHECK(mdcloud_options_set_max_wait(NULL, 1) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_options_set_metadata(options, "{") == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_client_hash_lookup(client, UNKNOWN_HASH, options, &out, &err) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(strstr(mdcloud_error_message(err), "metadata") != NULL && mdcloud_error_is_local(err));
    mdcloud_error_free(err);
    CHECK(mdcloud_options_set_metadata(options, "{}") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_options_set_header(options, "apikey", "mine") == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_options_set_header(options, NULL, "mine") == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_options_set_progress(options, NULL, NULL) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_options_set_cancel(options, NULL) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_options_set_sandbox(options, "a\nb") == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_options_set_download_from(options, NULL) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_options_set_private_processing(options, true) == MDCLOUD_STATUS_OK);
    mdcloud_options_free(options);
}

static void errors_of_the_service(void) {
    mdcloud_error *err = NULL;
    mdcloud_result *out = NULL;
    size_t length = 0;
    CHECK(mdcloud_client_hash_lookup(client, UNKNOWN_HASH, NULL, &out, &err) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(out == NULL && mdcloud_error_status(err) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_error_http_status(err) == 404 && mdcloud_error_code(err) == 404003);
    CHECK(mdcloud_error_message_count(err) == 1 && mdcloud_error_message_at(err, 0) != NULL);
    CHECK(mdcloud_error_message_at(err, 0) == mdcloud_error_message_at(err, 0));
    CHECK(mdcloud_error_message_at(err, 1) == NULL);
    CHECK(!mdcloud_error_is_local(err) && mdcloud_error_delivery(err) == MDCLOUD_DELIVERY_REFUSED);
    CHECK(strncmp(mdcloud_error_request(err), "GET /hash/", 10) == 0);
    CHECK(mdcloud_error_data_id(err) == NULL && mdcloud_error_errno(err) == 0);
    CHECK(mdcloud_error_raw(err, &length) != NULL && length > 10 && mdcloud_error_raw(err, NULL)[0] == '{');
    mdcloud_error_free(err);

    CHECK(mdcloud_client_hash_lookup(client, "not a hash", NULL, &out, &err) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_error_is_local(err));
    mdcloud_error_free(err);
    mdcloud_source *source = mdcloud_source_path("/nonexistent/file");
    CHECK(mdcloud_client_file_scan(client, source, NULL, &out, &err) == MDCLOUD_STATUS_IO);
    CHECK(mdcloud_error_errno(err) == ENOENT && strstr(mdcloud_error_message(err), "/nonexistent/file") != NULL);
    mdcloud_error_free(err);
    mdcloud_source_free(source);
    CHECK(out == NULL);
}

int main(void) {
    client = new_client();
    versions_and_names();
    freeing_null_is_fine();
    no_error_is_an_error_with_nothing_in_it();
    null_is_refused_by_name();
    settings();
    for_ever_is_a_time_everywhere();
    refused_options_fail_the_call();
    errors_of_the_service();
    mdcloud_client_free(client);
    return sums();
}
