/*
 * Every kind of call under one fault, which the caller has ordered: it ends, and what it gives can be looked at
 * and freed. Address and key come from MDCLOUD_BASE_URL and MDCLOUD_API_KEY, what the lookup of the hash
 * MDCLOUD_TEST_HASH gives from MDCLOUD_TEST_LOOKUP.
 */
#include "client.h"

#include <stdlib.h>

static mdcloud_result *out;
static mdcloud_error *err;

/* Looks at all that an outcome has, and lets it go. */
static void ends(mdcloud_status status, const char *call) {
    CHECK(strcmp(mdcloud_status_name(status), "UNKNOWN") != 0);
    if (!checked(status != MDCLOUD_STATUS_PANIC && (status == MDCLOUD_STATUS_OK) == (err == NULL), call, __FILE__,
                 __LINE__) ||
        err != NULL) {
        size_t length = 0;
        CHECK(mdcloud_error_status(err) == status && mdcloud_error_message(err)[0] != '\0');
        CHECK(strstr(mdcloud_error_message(err), getenv("MDCLOUD_API_KEY")) == NULL);
        (void)mdcloud_error_raw(err, &length);
        for (size_t at = 0; at < mdcloud_error_message_count(err); ++at) CHECK(mdcloud_error_message_at(err, at));
    }
    if (out != NULL) {
        const char *text = NULL;
        mdcloud_verdict verdict;
        mdcloud_report_data_id(out, &text);
        mdcloud_report_verdict(out, &verdict);
        CHECK(text == NULL || strlen(text) < 10000000);
    }
    mdcloud_result_free(out), out = NULL;
    mdcloud_error_free(err), err = NULL;
}

#define ENDS(call) ends(call, #call)

int main(void) {
    const char *hash = getenv("MDCLOUD_TEST_HASH"), *lookup = getenv("MDCLOUD_TEST_LOOKUP");
    const char *const hashes[] = {hash, UNKNOWN_HASH};
    mdcloud_config *config = mdcloud_config_new();
    CHECK(mdcloud_config_set_read_timeout(config, 200) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_timeout(config, 500) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_max_wait(config, 100) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_config_set_retries(config, 1) == MDCLOUD_STATUS_OK);
    CHECK(mdcloud_client_new(config, &client, NULL) == MDCLOUD_STATUS_OK);
    mdcloud_config_free(config);
    mdcloud_options *options = mdcloud_options_new();
    CHECK(mdcloud_options_set_deadline(options, 800) == MDCLOUD_STATUS_OK);
    mdcloud_source *source = mdcloud_source_bytes("a file", 6);

    const mdcloud_status status = mdcloud_client_hash_lookup(client, hash, options, &out, &err);
    if (lookup[0] != '\0') CHECK_TEXT(mdcloud_status_name(status), lookup);
    ENDS(status);
    ENDS(mdcloud_client_hash_lookup_many(client, hashes, 2, options, &out, &err));
    ENDS(mdcloud_client_ip_lookup(client, "203.0.113.7", options, &out, &err));
    ENDS(mdcloud_client_file_submit(client, source, options, &out, &err));
    ENDS(mdcloud_client_file_scan(client, source, options, &out, &err));
    ENDS(mdcloud_client_file_wait(client, "bzI2", options, &out, &err));
    ENDS(mdcloud_client_apikey_info(client, options, &out, &err));
    ENDS(mdcloud_client_engine_definitions(client, options, &out, &err));

    mdcloud_source_free(source);
    mdcloud_options_free(options);
    mdcloud_client_free(client);
    return sums();
}
