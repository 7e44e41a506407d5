/* What a program on libcurl would do: one handle that keeps its connection, jansson for the answers. */
#include "protocol.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *base;

/* A thread's own, as a handle serves one at a time. */
struct handle {
    CURL *curl;
    struct curl_slist *get, *json, *octets;
    char *body;
    size_t length, room;
};

static _Thread_local struct handle *own;

static size_t keep(char *data, size_t size, size_t count, void *user_data) {
    struct handle *handle = user_data;
    const size_t more = size * count;
    if (handle->length + more > handle->room) {
        handle->room = 2 * (handle->length + more);
        handle->body = realloc(handle->body, handle->room);
        if (handle->body == NULL) abort();
    }
    memcpy(handle->body + handle->length, data, more);
    handle->length += more;
    return more;
}

static struct handle *handle(void) {
    if (own != NULL) return own;
    own = calloc(1, sizeof *own);
    if (own == NULL || (own->curl = curl_easy_init()) == NULL) abort();
    own->get = curl_slist_append(NULL, "apikey: " BENCH_KEY);
    own->json = curl_slist_append(curl_slist_append(NULL, "apikey: " BENCH_KEY), "Content-Type: application/json");
    own->octets = curl_slist_append(NULL, "apikey: " BENCH_KEY);
    own->octets = curl_slist_append(own->octets, "Content-Type: application/octet-stream");
    own->octets = curl_slist_append(own->octets, "Expect:");
    curl_easy_setopt(own->curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(own->curl, CURLOPT_WRITEDATA, own);
    curl_easy_setopt(own->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(own->curl, CURLOPT_FAILONERROR, 1L);
    return own;
}

static void *make(const char *base_url) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    base = base_url;
    return &base;
}

/* Length of the answer, or -1. */
static long ask(struct handle *handle, const char *path, struct curl_slist *headers) {
    char url[256];
    snprintf(url, sizeof url, "%s/v4/%s", base, path);
    curl_easy_setopt(handle->curl, CURLOPT_URL, url);
    curl_easy_setopt(handle->curl, CURLOPT_HTTPHEADER, headers);
    handle->length = 0;
    const CURLcode code = curl_easy_perform(handle->curl);
    if (code == CURLE_OK) return (long)handle->length;
    fprintf(stderr, "%s\n", curl_easy_strerror(code));
    return -1;
}

static long raw(void *client, const char *hash) {
    char path[128];
    (void)client;
    snprintf(path, sizeof path, "hash/%s", hash);
    curl_easy_setopt(handle()->curl, CURLOPT_HTTPGET, 1L);
    return ask(handle(), path, handle()->get);
}

static json_t *answer(void) { return json_loadb(handle()->body, handle()->length, 0, NULL); }

static long lookup(void *client, const char *hash) {
    if (raw(client, hash) < 0) return -1;
    json_t *report = answer();
    const json_t *code = json_object_get(json_object_get(report, "scan_results"), "scan_all_result_i");
    const long found = (long)json_integer_value(code);
    json_decref(report);
    return found;
}

static long full(void *client, const char *hash) {
    if (raw(client, hash) < 0) return -1;
    json_t *report = answer(), *engine;
    const char *name;
    long named = 0;
    json_object_foreach(json_object_get(json_object_get(report, "scan_results"), "scan_details"), name, engine)
        named += json_string_value(json_object_get(engine, "threat_found")) != NULL;
    json_decref(report);
    return named;
}

static long batch(const char *const *hashes, unsigned long count) {
    json_t *list = json_array();
    for (unsigned long index = 0; index < count; ++index) json_array_append_new(list, json_string(hashes[index]));
    json_t *question = json_pack("{s:o}", "hash", list);
    char *text = json_dumps(question, JSON_COMPACT);
    curl_easy_setopt(handle()->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(handle()->curl, CURLOPT_POSTFIELDS, text);
    curl_easy_setopt(handle()->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(text));
    const long length = ask(handle(), "hash", handle()->json);
    free(text);
    json_decref(question);
    if (length < 0) return -1;
    json_t *results = answer();
    const long known = (long)json_array_size(json_object_get(results, "data"));
    json_decref(results);
    return known;
}

static long bulk(void *client, const char *const *hashes, unsigned long count) {
    long known = 0;
    (void)client;
    for (unsigned long start = 0; start < count; start += 1000) {
        const long found = batch(hashes + start, count - start < 1000 ? count - start : 1000);
        if (found < 0) return -1;
        known += found;
    }
    return known;
}

static long upload(void *client, const char *path) {
    struct stat facts;
    FILE *file = fopen(path, "rb");
    (void)client;
    if (file == NULL || fstat(fileno(file), &facts) != 0) return -1;
    curl_easy_setopt(handle()->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(handle()->curl, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(handle()->curl, CURLOPT_READDATA, file);
    curl_easy_setopt(handle()->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)facts.st_size);
    curl_easy_setopt(handle()->curl, CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024);
    const long length = ask(handle(), "file", handle()->octets);
    fclose(file);
    return length;
}

int main(int count, char **arguments) {
    const struct bench_client peer = {make, raw, lookup, full, bulk, upload, NULL};
    return bench_run(&peer, count, arguments);
}
