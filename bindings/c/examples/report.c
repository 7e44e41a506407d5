/*
 * Reads any field of a report by JSON pointer (RFC 6901): report HASH|FILE.json POINTER...
 *
 *     report 275a021b... /scan_results/scan_all_result_a /file_info/file_size /scan_results/scan_details
 *
 * The report of a hash comes from the service; a file holds one that was kept, such as what a webhook got.
 * Of an object or an array it prints how many members it has. Ends with 0 if every pointer led somewhere,
 * 1 if not, 2 for wrong use.
 */
#include <mdcloud.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Prints what stands there; each reader says by its status whether it is of its kind. */
static bool print_value(const mdcloud_result *report, const char *pointer) {
    const char *text = NULL;
    int64_t whole = 0;
    double real = 0;
    bool flag = false;
    size_t size = 0;
    printf("%s\t", pointer);
    if (mdcloud_result_bool(report, pointer, &flag) == MDCLOUD_STATUS_OK) {
        puts(flag ? "true" : "false");
    } else if (mdcloud_result_string(report, pointer, &text) == MDCLOUD_STATUS_OK) {
        puts(text);
    } else if (mdcloud_result_int(report, pointer, &whole) == MDCLOUD_STATUS_OK) {
        printf("%" PRId64 "\n", whole);
    } else if (mdcloud_result_double(report, pointer, &real) == MDCLOUD_STATUS_OK) {
        printf("%g\n", real);
    } else if (mdcloud_result_size(report, pointer, &size) == MDCLOUD_STATUS_OK) {
        printf("(%zu members)\n", size);
    } else {
        puts("-");
        return false;
    }
    return true;
}

/* The bytes of a file, to be freed; NULL if it cannot be read. */
static char *read_file(const char *name, size_t *length) {
    FILE *file = fopen(name, "rb");
    char *bytes = NULL;
    *length = 0;
    for (size_t room = 4096; file != NULL; room *= 2) {
        char *more = realloc(bytes, room);
        if (more == NULL) break;
        bytes = more;
        *length += fread(bytes + *length, 1, room - *length, file);
        if (*length < room) {
            fclose(file);
            return bytes;
        }
    }
    perror(name);
    if (file != NULL) fclose(file);
    free(bytes);
    return NULL;
}

static mdcloud_status get_report(const char *from, mdcloud_result **report, mdcloud_error **error) {
    const char *end = strrchr(from, '.');
    if (end != NULL && strcmp(end, ".json") == 0) {
        size_t length = 0;
        char *json = read_file(from, &length);
        if (json == NULL) return MDCLOUD_STATUS_IO;
        const mdcloud_status status = mdcloud_report_parse(json, length, report, error);
        free(json);
        return status;
    }
    mdcloud_config *config = mdcloud_config_new();
    mdcloud_client *client = NULL;
    mdcloud_status status = mdcloud_client_new(config, &client, error);
    if (status == MDCLOUD_STATUS_OK) status = mdcloud_client_hash_lookup(client, from, NULL, report, error);
    mdcloud_client_free(client); /* a report does not need its client */
    mdcloud_config_free(config);
    return status;
}

int main(int count, char **arguments) {
    if (count < 3) {
        fputs("usage: report HASH|FILE.json POINTER...\n", stderr);
        return 2;
    }
    mdcloud_result *report = NULL;
    mdcloud_error *error = NULL;
    bool well = get_report(arguments[1], &report, &error) == MDCLOUD_STATUS_OK;
    if (error != NULL) fprintf(stderr, "%s: %s\n", arguments[1], mdcloud_error_message(error));
    for (int i = 2; report != NULL && i < count; ++i) well &= print_value(report, arguments[i]);
    mdcloud_result_free(report);
    mdcloud_error_free(error);
    return well ? 0 : 1;
}
