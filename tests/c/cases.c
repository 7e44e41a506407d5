/*
 * Runs one case file of tests/cases: cases FILE.json
 * Address and key of the emulator come from MDCLOUD_TEST_BASE_URL and MDCLOUD_TEST_KEY. Who starts this starts
 * the emulator with the case's settings and faults, in a scratch folder, and looks at the requests.
 */
#include <mdcloud.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONG = 4096 };

static mdcloud_result *file; /* the case */
static char data_id[200];    /* of the first step */
static int differences;

/* What outlives the function that makes it, for a while. */
static char *room(void) {
    static char rooms[64][LONG];
    static int next;
    next = (next + 1) % 64;
    return rooms[next];
}

static const char *at(const char *format, ...) {
    char *pointer = room();
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(pointer, LONG, format, arguments);
    va_end(arguments);
    return pointer;
}

static void differs(int step, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    printf("step %d: ", step);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
    ++differences;
}

/* A text of the case, with the first step's data_id in its place; NULL where there is none. */
static const char *text(const char *pointer) {
    const char *found = NULL;
    if (mdcloud_result_string(file, pointer, &found) != MDCLOUD_STATUS_OK) return NULL;
    const char *mark = strstr(found, "$data_id");
    if (mark == NULL) return found;
    return at("%.*s%s%s", (int)(mark - found), found, data_id, mark + strlen("$data_id"));
}

static uint64_t milliseconds(const char *pointer) {
    double seconds = 0;
    mdcloud_result_double(file, pointer, &seconds);
    return (uint64_t)(seconds * 1000 + 0.5);
}

static size_t size(const char *pointer) {
    size_t count = 0;
    mdcloud_result_size(file, pointer, &count);
    return count;
}

static const char *member(const char *pointer, size_t index) {
    const char *name = "";
    mdcloud_result_member(file, pointer, index, &name);
    return name;
}

/* A name as one token of a JSON pointer. */
static const char *token(const char *name) {
    char *escaped = room(), *end = escaped;
    for (; *name != '\0'; ++name) {
        if (*name == '/' || *name == '~') {
            *end++ = '~';
            *end++ = *name == '/' ? '1' : '0';
        } else {
            *end++ = *name;
        }
    }
    *end = '\0';
    return escaped;
}

/* ---- What was expected, and what was seen ---- */

static bool same_text(const char *pointer, const char *seen) {
    const char *wanted = text(pointer);
    return wanted == NULL ? seen == NULL : seen != NULL && strcmp(wanted, seen) == 0;
}

/* 0 stands for none. */
static bool same_number(const char *pointer, int64_t seen) {
    int64_t wanted = 0;
    mdcloud_result_int(file, pointer, &wanted);
    return wanted == seen;
}

static bool fits(const mdcloud_error *error, const char *name, const char *pointer) {
    static const char *const deliveries[] = {"NOT_SENT", "REFUSED", "UNKNOWN"};
    if (strcmp(name, "status") == 0)
        return same_text(pointer, mdcloud_status_name((int32_t)mdcloud_error_status(error)));
    if (strcmp(name, "code") == 0) return same_number(pointer, mdcloud_error_code(error));
    if (strcmp(name, "http_status") == 0) return same_number(pointer, mdcloud_error_http_status(error));
    if (strcmp(name, "errno") == 0) return same_number(pointer, mdcloud_error_errno(error));
    if (strcmp(name, "family") == 0) return same_text(pointer, mdcloud_error_family(error));
    if (strcmp(name, "request") == 0) return same_text(pointer, mdcloud_error_request(error));
    if (strcmp(name, "data_id") == 0) return same_text(pointer, mdcloud_error_data_id(error));
    if (strcmp(name, "delivery") == 0) return same_text(pointer, deliveries[mdcloud_error_delivery(error)]);
    if (strcmp(name, "is_local") == 0) {
        bool wanted = false;
        return mdcloud_result_bool(file, pointer, &wanted) == MDCLOUD_STATUS_OK &&
               wanted == mdcloud_error_is_local(error);
    }
    if (strcmp(name, "retry_after") == 0) {
        const uint64_t after = mdcloud_error_retry_after_ms(error);
        return after != MDCLOUD_UNKNOWN && milliseconds(at("%s/0", pointer)) <= after &&
               after <= milliseconds(at("%s/1", pointer));
    }
    return false;
}

/* Whether a value of the case and one of the view are the same. */
static bool same(const char *wanted_at, const mdcloud_result *seen, const char *seen_at) {
    bool wanted_flag = false, flag = false;
    int64_t wanted = 0, number = 0;
    const char *found = NULL;
    if (text(wanted_at) != NULL)
        return mdcloud_result_string(seen, seen_at, &found) == MDCLOUD_STATUS_OK && same_text(wanted_at, found);
    if (mdcloud_result_bool(file, wanted_at, &wanted_flag) == MDCLOUD_STATUS_OK)
        return mdcloud_result_bool(seen, seen_at, &flag) == MDCLOUD_STATUS_OK && flag == wanted_flag;
    if (mdcloud_result_int(file, wanted_at, &wanted) == MDCLOUD_STATUS_OK)
        return mdcloud_result_string(seen, seen_at, &found) != MDCLOUD_STATUS_OK &&
               mdcloud_result_int(seen, seen_at, &number) == MDCLOUD_STATUS_OK && number == wanted;
    /* null, or what no case has. */
    return mdcloud_result_string(file, wanted_at, &found) == MDCLOUD_STATUS_NOT_FOUND &&
           mdcloud_result_string(seen, seen_at, &found) == MDCLOUD_STATUS_NOT_FOUND;
}

static void compare(int step, const mdcloud_result *view, const mdcloud_error *error) {
    const char *expected = at("/steps/%d/expect", step), *failure = at("%s/error", expected);
    if (size(failure) > 0) {
        for (size_t i = 0; i < size(failure); ++i) {
            const char *name = member(failure, i);
            if (!fits(error, name, at("%s/%s", failure, name)))
                differs(step, "error %s is another; got: %s", name, mdcloud_error_message(error));
        }
    } else if (error != NULL) {
        differs(step, "failed: %s", mdcloud_error_message(error));
    } else {
        for (size_t i = 0; i < size(expected); ++i) {
            const char *name = member(expected, i);
            if (!same(at("%s/%s", expected, token(name)), view, at("/%s", name)))
                differs(step, "%s is another; got: %.600s", name, mdcloud_result_json(view, NULL));
        }
    }
}

/* ---- Client, options, sources, calls ---- */

static mdcloud_status new_client(mdcloud_client **client, mdcloud_error **error) {
    mdcloud_config *config = mdcloud_config_new();
    mdcloud_config_set_base_url(config, getenv("MDCLOUD_TEST_BASE_URL"));
    bool own_key = false;
    for (size_t i = 0; i < size("/client"); ++i) {
        const char *name = member("/client", i), *pointer = at("/client/%s", name);
        int64_t number = 0;
        if (strcmp(name, "api_key") == 0) {
            own_key = true;
            if (text(pointer) != NULL) mdcloud_config_set_api_key(config, text(pointer));
        } else if (strcmp(name, "base_url") == 0) {
            mdcloud_config_set_base_url(config, text(pointer));
        } else if (strcmp(name, "throttle") == 0) {
            mdcloud_config_set_throttle(config, text(pointer));
        } else if (strcmp(name, "retries") == 0) {
            mdcloud_result_int(file, pointer, &number);
            mdcloud_config_set_retries(config, (uint32_t)number);
        } else if (strcmp(name, "max_wait") == 0) {
            mdcloud_config_set_max_wait(config, milliseconds(pointer));
        } else {
            differs(-1, "client setting %s", name);
        }
    }
    if (!own_key) mdcloud_config_set_api_key(config, getenv("MDCLOUD_TEST_KEY"));
    const mdcloud_status status = mdcloud_client_new(config, client, error);
    mdcloud_config_free(config);
    return status;
}

static mdcloud_options *new_options(int step) {
    mdcloud_options *options = mdcloud_options_new();
    const char *given = at("/steps/%d/options", step);
    for (size_t i = 0; i < size(given); ++i) {
        const char *name = member(given, i), *pointer = at("%s/%s", given, name);
        bool flag = false;
        if (strcmp(name, "max_wait") == 0) {
            mdcloud_options_set_max_wait(options, milliseconds(pointer));
        } else if (strcmp(name, "deadline") == 0) {
            mdcloud_options_set_deadline(options, milliseconds(pointer));
        } else if (strcmp(name, "reuse") == 0) {
            mdcloud_result_bool(file, pointer, &flag);
            mdcloud_options_set_reuse(options, flag);
        } else if (strcmp(name, "filename") == 0) {
            mdcloud_options_set_filename(options, text(pointer));
        } else if (strcmp(name, "rule") == 0) {
            mdcloud_options_set_rule(options, text(pointer));
        } else if (strcmp(name, "archive_password") == 0) {
            mdcloud_options_set_archive_password(options, text(pointer));
        } else if (strcmp(name, "file_password") == 0) {
            mdcloud_options_set_file_password(options, text(pointer));
        } else {
            differs(step, "option %s", name);
        }
    }
    return options;
}

static mdcloud_source *new_source(int step) {
    static const char eicar[] = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" "EICAR-STANDARD-" "ANTIVIRUS-TEST-FILE!$H+H*";
    const char *source = at("/steps/%d/source", step), *given = NULL;
    int64_t count = 0;
    if (text(at("%s/sample", source)) != NULL) return mdcloud_source_bytes(eicar, sizeof eicar - 1);
    if ((given = text(at("%s/text", source))) != NULL) return mdcloud_source_bytes(given, strlen(given));
    if ((given = text(at("%s/path", source))) != NULL) return mdcloud_source_path(given);
    if ((given = text(at("%s/file", source))) != NULL) {
        FILE *written = fopen("case-file", "wb");
        if (written == NULL || fputs(given, written) < 0 || fclose(written) != 0) differs(step, "no file");
        return mdcloud_source_path("case-file");
    }
    if (mdcloud_result_int(file, at("%s/bytes", source), &count) == MDCLOUD_STATUS_OK) {
        void *zeros = calloc((size_t)count, 1);
        mdcloud_source *made = mdcloud_source_bytes(zeros, (size_t)count);
        free(zeros);
        return made;
    }
    return mdcloud_source_path(".");
}

static mdcloud_status lookup_many(const mdcloud_client *client, int step, const mdcloud_options *options,
                                  mdcloud_result **out, mdcloud_error **error) {
    const char *hashes[50];
    const size_t count = size(at("/steps/%d/hashes", step));
    for (size_t i = 0; i < count && i < 50; ++i) hashes[i] = text(at("/steps/%d/hashes/%zu", step, i));
    return mdcloud_client_hash_lookup_many(client, hashes, count, options, out, error);
}

static mdcloud_status call(const mdcloud_client *client, int step, mdcloud_result **out, mdcloud_error **error) {
    const char *name = text(at("/steps/%d/call", step)), *id = text(at("/steps/%d/data_id", step));
    mdcloud_options *options = new_options(step);
    mdcloud_source *source = size(at("/steps/%d/source", step)) > 0 ? new_source(step) : NULL;
    mdcloud_status status = MDCLOUD_STATUS_OK;
    if (strcmp(name, "hash_lookup") == 0) {
        status = mdcloud_client_hash_lookup(client, text(at("/steps/%d/hash", step)), options, out, error);
    } else if (strcmp(name, "hash_lookup_many") == 0) {
        status = lookup_many(client, step, options, out, error);
    } else if (strcmp(name, "file_scan") == 0) {
        status = mdcloud_client_file_scan(client, source, options, out, error);
    } else if (strcmp(name, "file_submit") == 0) {
        status = mdcloud_client_file_submit(client, source, options, out, error);
    } else if (strcmp(name, "file_report") == 0) {
        status = mdcloud_client_file_report(client, id, options, out, error);
    } else if (strcmp(name, "file_wait") == 0) {
        status = mdcloud_client_file_wait(client, id, options, out, error);
    } else if (strcmp(name, "apikey_info") == 0) {
        status = mdcloud_client_apikey_info(client, options, out, error);
    } else if (strcmp(name, "apikey_limits") == 0) {
        status = mdcloud_client_apikey_limits(client, options, out, error);
    } else if (strcmp(name, "apikey_limits_left") == 0) {
        status = mdcloud_client_apikey_limits_left(client, options, out, error);
    } else if (strcmp(name, "call") == 0) {
        status = mdcloud_client_call(client, text(at("/steps/%d/method", step)), text(at("/steps/%d/path", step)),
                                     NULL, 0, NULL, 0, options, out, error);
    } else {
        differs(step, "call %s", name);
    }
    mdcloud_source_free(source);
    mdcloud_options_free(options);
    return status;
}

static void run(int step, const mdcloud_client *client) {
    mdcloud_result *out = NULL, *view = NULL;
    mdcloud_error *error = NULL;
    const char *json = NULL, *found = NULL;
    const mdcloud_status status = call(client, step, &out, &error);
    if (mdcloud_error_status(error) != status) differs(step, "the error and the status are not the same");
    if (out != NULL && (mdcloud_result_view(out, &json) != MDCLOUD_STATUS_OK ||
                        mdcloud_json_parse(json, strlen(json), &view, NULL) != MDCLOUD_STATUS_OK))
        differs(step, "no view");
    if (step == 0 && view != NULL && mdcloud_result_string(view, "/data_id", &found) == MDCLOUD_STATUS_OK)
        snprintf(data_id, sizeof data_id, "%s", found);
    compare(step, view, error);
    mdcloud_result_free(view);
    mdcloud_result_free(out);
    mdcloud_error_free(error);
}

int main(int count, char **arguments) {
    FILE *opened = count == 2 ? fopen(arguments[1], "rb") : NULL;
    if (opened == NULL) {
        fputs("usage: cases FILE.json\n", stderr);
        return 2;
    }
    static char json[100000];
    const size_t length = fread(json, 1, sizeof json, opened);
    fclose(opened);
    mdcloud_error *error = NULL;
    mdcloud_client *client = NULL;
    if (mdcloud_json_parse(json, length, &file, &error) != MDCLOUD_STATUS_OK) {
        fprintf(stderr, "%s: %s\n", arguments[1], mdcloud_error_message(error));
        mdcloud_error_free(error);
        return 2;
    }
    const int steps = (int)size("/steps");
    const bool made = new_client(&client, &error) == MDCLOUD_STATUS_OK;
    for (int step = 0; step < steps; ++step) {
        if (made)
            run(step, client);
        else
            compare(step, NULL, error);
    }
    mdcloud_error_free(error);
    mdcloud_client_free(client);
    mdcloud_result_free(file);
    return differences == 0 && steps > 0 ? 0 : 1;
}
