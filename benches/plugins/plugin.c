/* mdcloud in C, as a program would use it; protocol.h is its command line. */
#include <mdcloud.h>

#include "protocol.h"

#include <stdio.h>

/* Says what went wrong, and frees it. */
static long failed(mdcloud_error *error) {
    fprintf(stderr, "%s\n", mdcloud_error_message(error));
    mdcloud_error_free(error);
    return -1;
}

static void *make(const char *base_url) {
    char url[256];
    mdcloud_client *client = NULL;
    mdcloud_error *error = NULL;
    mdcloud_config *config = mdcloud_config_new();
    snprintf(url, sizeof url, "%s/v4", base_url);
    mdcloud_config_set_api_key(config, BENCH_KEY);
    mdcloud_config_set_base_url(config, url);
    if (mdcloud_client_new(config, &client, &error) != MDCLOUD_STATUS_OK) failed(error);
    mdcloud_config_free(config);
    return client;
}

static long raw(void *client, const char *hash) {
    char path[128];
    size_t length = 0;
    mdcloud_result *result = NULL;
    mdcloud_error *error = NULL;
    snprintf(path, sizeof path, "/hash/%s", hash);
    if (mdcloud_client_call(client, "GET", path, NULL, 0, NULL, 0, NULL, &result, &error) != MDCLOUD_STATUS_OK)
        return failed(error);
    mdcloud_result_json(result, &length);
    mdcloud_result_free(result);
    return (long)length;
}

static long lookup(void *client, const char *hash) {
    mdcloud_verdict verdict = MDCLOUD_VERDICT_UNKNOWN;
    mdcloud_result *report = NULL;
    mdcloud_error *error = NULL;
    if (mdcloud_client_hash_lookup(client, hash, NULL, &report, &error) != MDCLOUD_STATUS_OK) return failed(error);
    mdcloud_report_verdict(report, &verdict);
    mdcloud_result_free(report);
    return (long)verdict;
}

static long full(void *client, const char *hash) {
    size_t engines = 0;
    long named = 0;
    mdcloud_result *report = NULL;
    mdcloud_error *error = NULL;
    if (mdcloud_client_hash_lookup(client, hash, NULL, &report, &error) != MDCLOUD_STATUS_OK) return failed(error);
    mdcloud_report_engines_size(report, &engines);
    for (size_t index = 0; index < engines; ++index) {
        const char *name = NULL;
        mdcloud_report_engines_name(report, index, &name);
        named += name != NULL;
    }
    mdcloud_result_free(report);
    return named;
}

static long bulk(void *client, const char *const *hashes, unsigned long count) {
    long known = 0;
    size_t size = 0;
    mdcloud_result *results = NULL;
    mdcloud_error *error = NULL;
    if (mdcloud_client_hash_lookup_many(client, hashes, count, NULL, &results, &error) != MDCLOUD_STATUS_OK)
        return failed(error);
    mdcloud_hash_result_size(results, &size);
    for (size_t index = 0; index < size; ++index) {
        bool is_known = false;
        mdcloud_hash_result_is_known(results, index, &is_known);
        known += is_known;
    }
    mdcloud_result_free(results);
    return known;
}

static long upload(void *client, const char *path) {
    mdcloud_source *source = mdcloud_source_path(path);
    mdcloud_result *submission = NULL;
    mdcloud_error *error = NULL;
    const mdcloud_status status = mdcloud_client_file_submit(client, source, NULL, &submission, &error);
    mdcloud_source_free(source);
    mdcloud_result_free(submission);
    return status == MDCLOUD_STATUS_OK ? 1 : failed(error);
}

static long sha256(void *client, const char *path) {
    mdcloud_source *source = mdcloud_source_path(path);
    const mdcloud_source *sources[] = {source};
    mdcloud_result *plan = NULL;
    mdcloud_error *error = NULL;
    const mdcloud_status status = mdcloud_client_plan(client, sources, 1, MDCLOUD_PLAN_NOTHING, NULL, &plan, &error);
    mdcloud_source_free(source);
    mdcloud_result_free(plan);
    return status == MDCLOUD_STATUS_OK ? 1 : failed(error);
}

int main(int count, char **arguments) {
    const struct bench_client ours = {make, raw, lookup, full, bulk, upload, sha256};
    return bench_run(&ours, count, arguments);
}
