/*
 * What a program gets wrong is refused, by name, before anything is sent: sizes, numbers, texts, JSON.
 * NULL is in abi_test.c. Address and key come from MDCLOUD_BASE_URL and MDCLOUD_API_KEY.
 */
#include "client.h"

#include <stdint.h>
#include <stdlib.h>

/* The status, an error whose message has these words, and an output that is as it was. */
#define REFUSED_AS(wanted, words, call) \
    do { \
        mdcloud_result *out = untouched; \
        mdcloud_error *err = NULL; \
        CHECK((call) == (wanted)); \
        CHECK(out == untouched); \
        CHECK(strstr(mdcloud_error_message(err), words) != NULL); \
        CHECK(mdcloud_error_is_local(err) && mdcloud_error_status(err) == (wanted)); \
        mdcloud_error_free(err); \
    } while (0)
#define REFUSED(words, call) REFUSED_AS(MDCLOUD_STATUS_INVALID_ARGUMENT, words, call)

static mdcloud_result *const untouched = (mdcloud_result *)&passed;

static void sizes_beyond_the_memory(void) {
    const char *texts[] = {UNKNOWN_HASH};
    mdcloud_source *source = mdcloud_source_bytes("x", 1);
    const mdcloud_source *sources[] = {source};
    REFUSED("hashes: is longer", mdcloud_client_hash_lookup_many(client, texts, SIZE_MAX, NULL, &out, &err));
    REFUSED("ips: is longer", mdcloud_client_ip_lookup_many(client, texts, SIZE_MAX / 2, NULL, &out, &err));
    REFUSED("sources: is longer", mdcloud_client_file_scan_many(client, sources, SIZE_MAX, NULL, &out, &err));
    REFUSED("headers: is longer", mdcloud_client_call(client, "GET", "/", texts, SIZE_MAX, NULL, 0, NULL, &out, &err));
    REFUSED("body: is longer", mdcloud_client_call(client, "POST", "/", NULL, 0, "x", SIZE_MAX, NULL, &out, &err));
    REFUSED("json: is longer", mdcloud_report_parse("x", SIZE_MAX, &out, &err));
    REFUSED("json: is longer", mdcloud_json_parse("x", (size_t)PTRDIFF_MAX + 1, &out, &err));
    CHECK(mdcloud_source_bytes("x", SIZE_MAX) == NULL);
    mdcloud_source_free(source);
}

static void numbers_that_are_not_known(void) {
    const int32_t strange[] = {INT32_MIN, -1, 12345, INT32_MAX};
    for (size_t i = 0; i < sizeof strange / sizeof *strange; ++i) {
        CHECK_TEXT(mdcloud_status_name(strange[i]), "UNKNOWN");
        CHECK_TEXT(mdcloud_verdict_name(strange[i]), "UNKNOWN");
        CHECK_TEXT(mdcloud_operation_name(strange[i]), "UNKNOWN");
    }
    mdcloud_result *list = NULL;
    const char *text = "as it was";
    size_t size = 7;
    CHECK(mdcloud_client_hash_lookup_many(client, (const char *[]){UNKNOWN_HASH}, 1, NULL, &list, NULL) ==
          MDCLOUD_STATUS_OK);
    CHECK(mdcloud_hash_result_hash(list, SIZE_MAX, &text) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_hash_result_engines_size(list, SIZE_MAX, &size) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_result_member(list, "/0", SIZE_MAX, &text) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK_TEXT(text, "as it was");
    CHECK(size == 7);
    mdcloud_result_free(list);
}

static void texts_that_are_none(void) {
    static const char broken[] = "\xc3(";
    REFUSED("hash: is not UTF-8", mdcloud_client_hash_lookup(client, broken, NULL, &out, &err));
    REFUSED("data_id: is not UTF-8", mdcloud_client_file_report(client, broken, NULL, &out, &err));
    REFUSED("method: is not UTF-8", mdcloud_client_call(client, broken, "/", NULL, 0, NULL, 0, NULL, &out, &err));
    REFUSED("path: is not UTF-8", mdcloud_client_call(client, "GET", broken, NULL, 0, NULL, 0, NULL, &out, &err));
    const char *header[] = {"x-note", broken};
    REFUSED("header_value: is not UTF-8",
            mdcloud_client_call(client, "GET", "/", header, 1, NULL, 0, NULL, &out, &err));
    /* What would leave its place in a request. */
    const char *splitting[] = {"x-note", "a\r\napikey: b"};
    REFUSED("x-note", mdcloud_client_call(client, "GET", "/", splitting, 1, NULL, 0, NULL, &out, &err));
    REFUSED("data_id", mdcloud_client_file_report(client, "../apikey", NULL, &out, &err));
    REFUSED("data_id", mdcloud_client_file_report(client, "", NULL, &out, &err));
    REFUSED("hash", mdcloud_client_hash_lookup(client, "", NULL, &out, &err));

    mdcloud_options *options = mdcloud_options_new();
    mdcloud_config *config = mdcloud_config_new();
    CHECK(mdcloud_options_set_filename(options, broken) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_options_set_callback_url(options, "http://a/\nb") == MDCLOUD_STATUS_INVALID_ARGUMENT);
    CHECK(mdcloud_config_set_base_url(config, broken) == MDCLOUD_STATUS_INVALID_ARGUMENT);
    mdcloud_config_free(config);
    /* Settings are looked at together, when a client is made of them. */
    config = mdcloud_config_new();
    mdcloud_config_set_api_key(config, "two\nlines");
    REFUSED("api_key", mdcloud_client_new(config, (mdcloud_client **)&out, &err));
    mdcloud_config_free(config);
    mdcloud_options_free(options);
}

static void json_that_is_none(void) {
    REFUSED_AS(MDCLOUD_STATUS_PROTOCOL, "", mdcloud_json_parse("nul", 3, &out, &err));
    REFUSED_AS(MDCLOUD_STATUS_PROTOCOL, "", mdcloud_json_parse("{} {}", 5, &out, &err));
    REFUSED_AS(MDCLOUD_STATUS_PROTOCOL, "", mdcloud_report_parse("\"text\"", 6, &out, &err));
    /* Nested so deep that who reads it by recursion runs out of stack. */
    enum { DEEP = 1000000 };
    char *deep = malloc(DEEP);
    if (!CHECK(deep != NULL)) return;
    memset(deep, '[', DEEP);
    REFUSED_AS(MDCLOUD_STATUS_PROTOCOL, "", mdcloud_json_parse(deep, DEEP, &out, &err));
    REFUSED_AS(MDCLOUD_STATUS_PROTOCOL, "", mdcloud_report_parse(deep, DEEP, &out, &err));
    free(deep);
}

static void a_pointer_that_leads_nowhere(void) {
    static const char json[] = "{\"a\":[1,2],\"\":{\"~/\":true}}";
    mdcloud_result *result = NULL;
    int64_t number = 7;
    bool flag = false;
    CHECK(mdcloud_json_parse(json, sizeof json - 1, &result, NULL) == MDCLOUD_STATUS_OK);
    const char *nowhere[] = {"/a/2", "/a/-", "/a/01", "/a/18446744073709551616", "/b", "/a/0/0", "/a/-1", "/a/+1"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; ++i)
        CHECK(mdcloud_result_int(result, nowhere[i], &number) == MDCLOUD_STATUS_NOT_FOUND);
    CHECK(mdcloud_result_int(result, "a", &number) == MDCLOUD_STATUS_INVALID_ARGUMENT && number == 7);
    CHECK(mdcloud_result_bool(result, "//~0~1", &flag) == MDCLOUD_STATUS_OK && flag);
    mdcloud_result_free(result);
}

int main(void) {
    client = new_client();
    sizes_beyond_the_memory();
    numbers_that_are_not_known();
    texts_that_are_none();
    json_that_is_none();
    a_pointer_that_leads_nowhere();
    mdcloud_client_free(client);
    return sums();
}
