/*
 * Every operation once through the C ABI, against an emulator of a paid key: its result, and that a NULL is
 * refused by name. Address and key come from MDCLOUD_BASE_URL and MDCLOUD_API_KEY; files go to the working folder.
 */
#define _POSIX_C_SOURCE 200809L
#include "client.h"

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static const char *const HASH = "44d88612fea8a8f36de82e1278abb02f";
static const char *const FILE_ID = "bzI2MDMxMUxaNVNtVlJRUg";
static char data_id[100];

/* A zip that holds a.txt with "hello". */
static const unsigned char ZIP[] = {
    0x50, 0x4b, 0x03, 0x04, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x21, 0x5c, 0x86, 0xa6, 0x10, 0x36,
    0x05, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x61, 0x2e, 0x74, 0x78, 0x74, 0x68,
    0x65, 0x6c, 0x6c, 0x6f, 0x50, 0x4b, 0x01, 0x02, 0x14, 0x03, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x21, 0x5c, 0x86, 0xa6, 0x10, 0x36, 0x05, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x61, 0x2e, 0x74, 0x78,
    0x74, 0x50, 0x4b, 0x05, 0x06, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00, 0x33, 0x00, 0x00, 0x00, 0x28,
    0x00, 0x00, 0x00, 0x00, 0x00,
};

static mdcloud_source *eicar(void) {
    return mdcloud_source_bytes("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" "ANTIVIRUS-TEST-FILE!$H+H*", 68);
}

/* A call that gives a result; its arguments end with &out, &err. */
#define GIVES(call) \
    do { \
        mdcloud_result_free(out); \
        out = NULL; \
        if (!CHECK((call) == MDCLOUD_STATUS_OK)) printf("        %s\n", mdcloud_error_message(err)); \
        mdcloud_error_free(err); \
        err = NULL; \
    } while (0)

#define FAILS(wanted, call) \
    do { \
        mdcloud_result *out = NULL; \
        CHECK((call) == (wanted) && out == NULL && mdcloud_error_status(err) == (wanted)); \
        mdcloud_error_free(err); \
        err = NULL; \
    } while (0)

/* A call with a NULL where none may be. */
#define REFUSED(argument, call) \
    do { \
        mdcloud_result *out = NULL; \
        CHECK((call) == MDCLOUD_STATUS_INVALID_ARGUMENT && out == NULL); \
        CHECK(err != NULL && strstr(mdcloud_error_message(err), argument ": is NULL") != NULL); \
        mdcloud_error_free(err); \
        err = NULL; \
    } while (0)

/* One field of the view. */
static bool viewed(const mdcloud_result *result, const char *pointer) {
    const char *json = NULL, *again = NULL;
    size_t size = 0;
    mdcloud_result *view = NULL;
    CHECK(mdcloud_result_view(result, &json) == MDCLOUD_STATUS_OK && json != NULL);
    CHECK(mdcloud_result_view(result, &again) == MDCLOUD_STATUS_OK && again == json);
    CHECK(mdcloud_json_parse(json, strlen(json), &view, NULL) == MDCLOUD_STATUS_OK);
    const char *text = NULL;
    double number = 0;
    bool flag = false;
    const bool found = mdcloud_result_string(view, pointer, &text) == MDCLOUD_STATUS_OK ||
                       mdcloud_result_double(view, pointer, &number) == MDCLOUD_STATUS_OK ||
                       mdcloud_result_bool(view, pointer, &flag) == MDCLOUD_STATUS_OK ||
                       mdcloud_result_size(view, pointer, &size) == MDCLOUD_STATUS_OK;
    if (!found) printf("        %s in %.300s\n", pointer, json);
    mdcloud_result_free(view);
    return found;
}

static void files(void) {
    mdcloud_result *out = NULL;
    mdcloud_error *err = NULL;
    const char *text = NULL;
    bool flag = false;
    size_t size = 0;
    const mdcloud_error *why = NULL;
    mdcloud_source *source = eicar();
    GIVES(mdcloud_client_file_scan(client, source, NULL, &out, &err));
    CHECK(viewed(out, "/engines/0/name") && viewed(out, "/verdict"));
    mdcloud_options *options = mdcloud_options_new();
    CHECK(mdcloud_options_set_callback_url(options, getenv("MDCLOUD_TEST_CALLBACK")) == MDCLOUD_STATUS_OK);
    GIVES(mdcloud_client_file_submit(client, source, options, &out, &err));
    mdcloud_options_free(options);
    mdcloud_source_free(source);
    CHECK(mdcloud_submission_data_id(out, &text) == MDCLOUD_STATUS_OK && strlen(text) < sizeof data_id);
    snprintf(data_id, sizeof data_id, "%s", text);

    /* The service notes the delivery a moment after the receiver has answered. */
    for (int i = 0; i < 200; ++i) {
        mdcloud_result_free(out);
        out = NULL;
        if (mdcloud_client_webhook_status(client, data_id, NULL, &out, NULL) == MDCLOUD_STATUS_OK) break;
        nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL);
    }
    GIVES(mdcloud_client_webhook_status(client, data_id, NULL, &out, &err));
    CHECK(mdcloud_webhook_status_is_delivered(out, 0, &flag) == MDCLOUD_STATUS_OK && flag);
    CHECK(mdcloud_webhook_status_size(out, &size) == MDCLOUD_STATUS_OK && size == 1);
    CHECK(mdcloud_webhook_status_url(out, 1, &text) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(viewed(out, "/is_delivered") && mdcloud_result_json(out, NULL)[0] == '{');
    GIVES(mdcloud_client_webhook_status_all(client, NULL, &out, &err));
    CHECK(mdcloud_webhook_status_size(out, &size) == MDCLOUD_STATUS_OK && size >= 1);
    CHECK(mdcloud_webhook_status_data_id(out, size - 1, &text) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_webhook_status_json(out, 0, &text) == MDCLOUD_STATUS_OK && text[0] == '{');
    CHECK(viewed(out, "/entries/0/data_id"));

    GIVES(mdcloud_client_repo_submit(client, "github", "example", "project", NULL, NULL, &out, &err));
    CHECK(viewed(out, "/in_queue"));
    FAILS(MDCLOUD_STATUS_INVALID_ARGUMENT,
          mdcloud_client_repo_submit(client, "sourceforge", "a", "b", "main", NULL, &out, &err));
    REFUSED("source", mdcloud_client_repo_submit(client, NULL, "a", "b", NULL, NULL, &out, &err));
    GIVES(mdcloud_client_file_rescan(client, FILE_ID, NULL, &out, &err));
    CHECK(mdcloud_submission_data_id(out, &text) == MDCLOUD_STATUS_OK);
    const char *ids[] = {FILE_ID, "../x", FILE_ID, NULL};
    GIVES(mdcloud_client_file_rescan_many(client, ids, 3, NULL, &out, &err));
    CHECK(mdcloud_rescan_result_size(out, &size) == MDCLOUD_STATUS_OK && size == 3);
    CHECK(mdcloud_rescan_result_data_id(out, 2, &text) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_rescan_result_error(out, 0, &why) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_rescan_result_error(out, 1, &why) == MDCLOUD_STATUS_OK &&
          mdcloud_error_status(why) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(viewed(out, "/1/error/status") && viewed(out, "/2/data_id"));
    REFUSED("file_ids[3]", mdcloud_client_file_rescan_many(client, ids, 4, NULL, &out, &err));
    REFUSED("file_ids", mdcloud_client_file_rescan_many(client, NULL, 1, NULL, &out, &err));
    mdcloud_result_free(out);
}

static void clean_copies(void) {
    mdcloud_result *out = NULL;
    mdcloud_error *err = NULL;
    const char *text = NULL, *id = NULL;
    uint64_t bytes = 0;
    mdcloud_source *source = mdcloud_source_bytes("a plain text", 12);
    mdcloud_result *report = NULL;
    CHECK(mdcloud_client_file_sanitize(client, source, "clean.txt", NULL, &report, &err) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_report_sanitized_result(report, &text) == MDCLOUD_STATUS_OK);
    CHECK_TEXT(text, "Allowed");
    CHECK(mdcloud_report_data_id(report, &id) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_client_sanitized_download(client, id, "again.txt", NULL, &bytes, &err) == MDCLOUD_STATUS_OK);
    FILE *made = fopen("clean.txt", "rb");
    char content[4096];
    CHECK(made != NULL && bytes > 0 && fread(content, 1, sizeof content, made) == bytes);
    if (made != NULL) fclose(made);
    remove("clean.txt");
    remove("again.txt");
    GIVES(mdcloud_client_sanitized_link(client, id, NULL, &out, &err));
    CHECK(mdcloud_link_text(out, &text) == MDCLOUD_STATUS_OK && strncmp(text, "http", 4) == 0);
    const char *same = NULL;
    CHECK(mdcloud_result_string(out, "", &same) == MDCLOUD_STATUS_OK && strcmp(text, same) == 0);
    CHECK(mdcloud_link_text(report, &text) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_client_sanitized_delete(client, id, NULL, &err) == MDCLOUD_STATUS_OK && err == NULL);
    FAILS(MDCLOUD_STATUS_NOT_FOUND, mdcloud_client_sanitized_link(client, id, NULL, &out, &err));
    GIVES(mdcloud_client_sanitized_link_legacy(client, FILE_ID, NULL, &out, &err));
    FAILS(MDCLOUD_STATUS_IO, mdcloud_client_file_sanitize(client, source, "no/such/x", NULL, &out, &err));
    REFUSED("destination", mdcloud_client_file_sanitize(client, source, NULL, NULL, &out, &err));
    REFUSED("data_id", mdcloud_client_sanitized_delete(client, NULL, NULL, &err));
    REFUSED("bytes_written", mdcloud_client_sanitized_download(client, id, "x", NULL, NULL, &err));
    mdcloud_source_free(source);
    mdcloud_result_free(report);
    mdcloud_result_free(out);
}

static void what_is_known_of_a_hash(void) {
    mdcloud_result *out = NULL;
    mdcloud_error *err = NULL;
    const char *text = NULL;
    const void *data = NULL;
    size_t length = 0;
    GIVES(mdcloud_client_hash_history(client, HASH, 0, 0, NULL, &out, &err));
    CHECK(viewed(out, "/entries/0/verdict"));
    GIVES(mdcloud_client_hash_badge(client, HASH, "medium", "svg", NULL, &out, &err));
    CHECK(mdcloud_badge_data(out, &data, &length) == MDCLOUD_STATUS_OK && data != NULL && length > 10);
    CHECK(mdcloud_badge_media_type(out, &text) == MDCLOUD_STATUS_OK && strstr(text, "svg") != NULL);
    CHECK(viewed(out, "/media_type") && mdcloud_badge_data(out, &data, NULL) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    GIVES(mdcloud_client_hash_badge(client, HASH, NULL, NULL, NULL, &out, &err));
    FAILS(MDCLOUD_STATUS_INVALID_ARGUMENT, mdcloud_client_hash_badge(client, HASH, "huge", NULL, NULL, &out, &err));
    GIVES(mdcloud_client_hash_peinfo(client, HASH, NULL, &out, &err));
    CHECK(viewed(out, "/sections/0/name"));
    GIVES(mdcloud_client_hash_exif(client, HASH, NULL, &out, &err));
    GIVES(mdcloud_client_hash_apk_manifest(client, HASH, NULL, &out, &err));
    CHECK(viewed(out, "/package"));
    GIVES(mdcloud_client_hash_appinfo(client, HASH, NULL, &out, &err));
    CHECK(viewed(out, "/entries/0/product_name"));
    GIVES(mdcloud_client_hash_vulnerability(client, HASH, 1, 0, NULL, &out, &err));
    GIVES(mdcloud_client_hash_sandbox(client, HASH, NULL, &out, &err));
    CHECK(viewed(out, "/sandbox_id"));
    GIVES(mdcloud_client_cve_list(client, NULL, &out, &err));
    GIVES(mdcloud_client_cve_info(client, "CVE-2024-1234", NULL, &out, &err));
    GIVES(mdcloud_client_cve_products(client, "CVE-2024-1234", NULL, &out, &err));
    GIVES(mdcloud_client_cve_vendors(client, "CVE-2024-1234", NULL, &out, &err));
    GIVES(mdcloud_client_cve_hashes(client, "CVE-2024-1234", NULL, &out, &err));
    FAILS(MDCLOUD_STATUS_INVALID_ARGUMENT, mdcloud_client_cve_info(client, "2024", NULL, &out, &err));
    REFUSED("cve", mdcloud_client_cve_info(client, NULL, NULL, &out, &err));
    mdcloud_result_free(out);
}

static void reputation(void) {
    mdcloud_result *out = NULL;
    mdcloud_error *err = NULL;
    const char *text = NULL;
    size_t size = 0;
    bool flag = false;
    double degrees = 0;
    const mdcloud_error *why = NULL;
    GIVES(mdcloud_client_ip_lookup(client, "203.0.113.7", NULL, &out, &err));
    CHECK(mdcloud_reputation_address(out, 0, &text) == MDCLOUD_STATUS_OK);
    CHECK_TEXT(text, "203.0.113.7");
    CHECK(mdcloud_reputation_size(out, &size) == MDCLOUD_STATUS_OK && size == 1);
    CHECK(mdcloud_reputation_sources_size(out, 0, &size) == MDCLOUD_STATUS_OK && size > 0);
    CHECK(mdcloud_reputation_sources_provider(out, 0, size - 1, &text) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_reputation_sources_provider(out, 0, size, &text) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_reputation_geo(out, 0, &flag) == MDCLOUD_STATUS_OK && flag);
    CHECK(mdcloud_reputation_geo_country_code(out, 0, &text) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_reputation_geo_latitude(out, 0, &degrees) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_result_string(out, "/address", &text) == MDCLOUD_STATUS_OK && viewed(out, "/sources/0/provider"));
    GIVES(mdcloud_client_url_lookup(client, "http://malware.example/path?x=1&y=2", NULL, &out, &err));
    GIVES(mdcloud_client_domain_lookup(client, "malware.example", NULL, &out, &err));
    const char *ips[] = {"203.0.113.1", "nonsense", "203.0.113.2"};
    GIVES(mdcloud_client_ip_lookup_many(client, ips, 3, NULL, &out, &err));
    CHECK(mdcloud_reputation_size(out, &size) == MDCLOUD_STATUS_OK && size == 3);
    CHECK(mdcloud_reputation_address(out, 2, &text) == MDCLOUD_STATUS_OK);
    CHECK_TEXT(text, "203.0.113.2");
    CHECK(mdcloud_reputation_error(out, 2, &why) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_reputation_error(out, 1, &why) == MDCLOUD_STATUS_OK &&
          mdcloud_error_status(why) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(viewed(out, "/1/error/name") && viewed(out, "/2/address"));
    const char *urls[] = {"http://a.example/", "http://b.example/"}, *domains[] = {"a.example", "b.example"};
    GIVES(mdcloud_client_url_lookup_many(client, urls, 2, NULL, &out, &err));
    GIVES(mdcloud_client_domain_lookup_many(client, domains, 2, NULL, &out, &err));
    CHECK(mdcloud_reputation_size(out, &size) == MDCLOUD_STATUS_OK && size == 2);
    FAILS(MDCLOUD_STATUS_INVALID_ARGUMENT, mdcloud_client_ip_lookup(client, "x", NULL, &out, &err));
    REFUSED("domains", mdcloud_client_domain_lookup_many(client, NULL, 2, NULL, &out, &err));
    mdcloud_result_free(out);
}

static void sandbox_and_feeds(void) {
    mdcloud_result *out = NULL, *run = NULL;
    mdcloud_error *err = NULL;
    const char *text = NULL;
    bool flag = false;
    CHECK(mdcloud_client_sandbox_submit_url(client, "http://a.example/", NULL, &run, &err) == MDCLOUD_STATUS_OK);
    CHECK(viewed(run, "/sandbox_id") && mdcloud_result_string(run, "/sandbox_id", &text) == MDCLOUD_STATUS_OK);
    GIVES(mdcloud_client_sandbox_report(client, text, NULL, &out, &err));
    GIVES(mdcloud_client_sandbox_wait(client, text, NULL, &out, &err));
    CHECK(viewed(out, "/verdict") && viewed(out, "/threat_level") && viewed(out, "/is_finished"));
    GIVES(mdcloud_client_sandbox_submit_file(client, data_id, "windows10", NULL, &out, &err));
    mdcloud_result_free(run);

    GIVES(mdcloud_client_feed_infected(client, NULL, NULL, 0, NULL, &out, &err));
    CHECK(viewed(out, "/entries/0/sha256"));
    GIVES(mdcloud_client_feed_clean(client, NULL, "E", 1, NULL, &out, &err));
    GIVES(mdcloud_client_feed_hashes(client, 0, NULL, &out, &err));
    CHECK(viewed(out, "/entries/0/download_link"));
    GIVES(mdcloud_client_feed_false_positives(client, 1, NULL, NULL, &out, &err));
    GIVES(mdcloud_client_feed_false_positives(client, 1, "Vir.IT eXplorer", NULL, &out, &err));
    GIVES(mdcloud_client_feed_infected_top(client, NULL, 0, NULL, NULL, &out, &err));
    CHECK(viewed(out, "/entries/0/rank"));
    GIVES(mdcloud_client_feed_infected_top(client, "csv", 1, NULL, NULL, &out, &err));
    CHECK(mdcloud_result_json(out, NULL) != NULL && mdcloud_result_view(out, &text) == MDCLOUD_STATUS_OK);
    CHECK_TEXT(text, mdcloud_result_json(out, NULL));
    FAILS(MDCLOUD_STATUS_INVALID_ARGUMENT, mdcloud_client_feed_infected(client, "today", NULL, 0, NULL, &out, &err));
    FAILS(MDCLOUD_STATUS_INVALID_ARGUMENT, mdcloud_client_feed_infected_top(client, "pdf", 0, NULL, NULL, &out, &err));
    GIVES(mdcloud_client_sample_link(client, HASH, NULL, &out, &err));
    CHECK(mdcloud_link_text(out, &text) == MDCLOUD_STATUS_OK && strncmp(text, "http", 4) == 0);

    GIVES(mdcloud_client_apikey_scan_history(client, 10, 0, NULL, &out, &err));
    CHECK(viewed(out, "/entries/0/data_id"));
    FAILS(MDCLOUD_STATUS_INVALID_ARGUMENT, mdcloud_client_apikey_scan_history(client, 10001, 0, NULL, &out, &err));
    GIVES(mdcloud_client_apikey_limits(client, NULL, &out, &err));
    CHECK(viewed(out, "/amounts/reputation_api"));
    GIVES(mdcloud_client_service_version(client, NULL, &out, &err));
    CHECK(mdcloud_result_string(out, "/version", &text) == MDCLOUD_STATUS_OK && viewed(out, "/version"));
    GIVES(mdcloud_client_engine_definitions(client, NULL, &out, &err));
    size_t size = 0;
    CHECK(mdcloud_result_size(out, "", &size) == MDCLOUD_STATUS_OK && size > 10);
    CHECK(mdcloud_result_member(out, "", size - 1, &text) == MDCLOUD_STATUS_OK && *text != '\0');
    CHECK(mdcloud_result_member(out, "", size, &text) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_result_bool(out, "/nothing", &flag) == MDCLOUD_STATUS_NOT_FOUND);
    mdcloud_result_free(out);
}

static void many_scans(void) {
    enum { COUNT = 12 };
    mdcloud_result *out = NULL;
    mdcloud_error *err = NULL;
    mdcloud_source *sources[COUNT];
    size_t size = 0, index = 0;
    int seen[COUNT] = {0};
    for (int i = 0; i < COUNT - 2; ++i) {
        char text[40];
        snprintf(text, sizeof text, "file number %d", i);
        sources[i] = mdcloud_source_bytes(text, strlen(text));
    }
    sources[COUNT - 2] = eicar();
    sources[COUNT - 1] = mdcloud_source_path("/nonexistent");
    const mdcloud_source *given[COUNT];
    for (int i = 0; i < COUNT; ++i) given[i] = sources[i];
    GIVES(mdcloud_client_file_scan_many(client, given, COUNT, NULL, &out, &err));
    CHECK(mdcloud_scan_outcome_size(out, &size) == MDCLOUD_STATUS_OK && size == COUNT);
    for (size_t i = 0; i < size; ++i) {
        const mdcloud_result *report = NULL;
        const mdcloud_error *why = NULL;
        mdcloud_verdict verdict = MDCLOUD_VERDICT_UNKNOWN;
        CHECK(mdcloud_scan_outcome_index(out, i, &index) == MDCLOUD_STATUS_OK && index < COUNT && !seen[index]++);
        if (index == COUNT - 1) {
            CHECK(mdcloud_scan_outcome_report(out, i, &report) == MDCLOUD_STATUS_NOT_FOUND);
            CHECK(mdcloud_scan_outcome_error(out, i, &why) == MDCLOUD_STATUS_OK);
            CHECK(mdcloud_error_status(why) == MDCLOUD_STATUS_IO);
            continue;
        }
        CHECK(mdcloud_scan_outcome_error(out, i, &why) == MDCLOUD_STATUS_NOT_FOUND);
        CHECK(mdcloud_scan_outcome_report(out, i, &report) == MDCLOUD_STATUS_OK);
        CHECK(mdcloud_report_verdict(report, &verdict) == MDCLOUD_STATUS_OK);
        CHECK(verdict == (index == COUNT - 2 ? MDCLOUD_VERDICT_INFECTED : MDCLOUD_VERDICT_CLEAN));
    }
    CHECK(mdcloud_scan_outcome_index(out, size, &index) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(viewed(out, "/0/index") && viewed(out, "/11/index"));
    given[1] = NULL;
    REFUSED("sources[1]", mdcloud_client_file_scan_many(client, given, COUNT, NULL, &out, &err));
    for (int i = 0; i < COUNT; ++i) mdcloud_source_free(sources[i]);
    mdcloud_result_free(out);
}

static void stored_bytes(void) {
    static const char json[] = "{\"data_id\":\"x\",\"scan_results\":{\"scan_all_result_i\":1,\"progress_percentage\":100}}";
    mdcloud_result *out = NULL;
    mdcloud_error *err = NULL;
    const char *text = NULL;
    mdcloud_verdict verdict = MDCLOUD_VERDICT_UNKNOWN;
    GIVES(mdcloud_report_parse(json, sizeof json - 1, &out, &err));
    CHECK(mdcloud_report_verdict(out, &verdict) == MDCLOUD_STATUS_OK && verdict == MDCLOUD_VERDICT_INFECTED);
    CHECK_TEXT(mdcloud_result_json(out, NULL), json);
    GIVES(mdcloud_json_parse(json, sizeof json - 1, &out, &err));
    CHECK(mdcloud_result_string(out, "/data_id", &text) == MDCLOUD_STATUS_OK);
    CHECK_TEXT(text, "x");
    CHECK(mdcloud_result_member(out, "/data_id", 0, &text) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    FAILS(MDCLOUD_STATUS_PROTOCOL, mdcloud_report_parse("[]", 2, &out, &err));
    FAILS(MDCLOUD_STATUS_PROTOCOL, mdcloud_report_parse(json, 20, &out, &err));
    FAILS(MDCLOUD_STATUS_PROTOCOL, mdcloud_json_parse("{", 1, &out, &err));
    FAILS(MDCLOUD_STATUS_PROTOCOL, mdcloud_json_parse("\"\xff\"", 3, &out, &err));
    FAILS(MDCLOUD_STATUS_PROTOCOL, mdcloud_json_parse(NULL, 0, &out, &err));
    REFUSED("json", mdcloud_json_parse(NULL, 1, &out, &err));
    REFUSED("out", mdcloud_report_parse(json, 1, NULL, &err));
    CHECK(mdcloud_result_view(NULL, &text) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_result_view(out, NULL) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    mdcloud_result_free(out);
}

static void archives(void) {
    mdcloud_error *err = NULL;
    mdcloud_result *out = NULL, *report = NULL;
    mdcloud_options *options = mdcloud_options_new();
    mdcloud_source *source = mdcloud_source_bytes(ZIP, sizeof ZIP);
    const char *archive = NULL, *name = NULL;
    size_t size = 0;
    int64_t depth = 0;
    CHECK(mdcloud_options_set_rule(options, "multiscan,unarchive") == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_client_file_scan(client, source, options, &report, &err) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_report_data_id(report, &archive) == MDCLOUD_STATUS_OK);
    GIVES(mdcloud_client_file_tree(client, archive, 0, NULL, &out, &err));
    CHECK(mdcloud_result_size(out, "", &size) == MDCLOUD_STATUS_OK && size == 1);
    CHECK(mdcloud_result_int(out, "/0/depth", &depth) == MDCLOUD_STATUS_OK && depth == 1);
    CHECK(mdcloud_result_string(out, "/0/file/display_name", &name) == MDCLOUD_STATUS_OK && strstr(name, "a.txt"));
    REFUSED("data_id", mdcloud_client_file_tree(client, NULL, 0, NULL, &out, &err));
    FAILS(MDCLOUD_STATUS_INVALID_ARGUMENT, mdcloud_client_file_tree(client, "../x", 0, NULL, &out, &err));
    mdcloud_result_free(out);
    mdcloud_result_free(report);
    mdcloud_source_free(source);
    mdcloud_options_free(options);
}

int main(void) {
    client = new_client();
    files();
    clean_copies();
    what_is_known_of_a_hash();
    reputation();
    sandbox_and_feeds();
    many_scans();
    archives();
    stored_bytes();
    mdcloud_client_free(client);
    return sums();
}
