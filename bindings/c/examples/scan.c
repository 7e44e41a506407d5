/*
 * Scans files: scan [--json] FILE...
 *
 *     --demo            two samples from memory: a clean text, and the EICAR test file
 *     --throttle-demo   looks up hashes until the service says that it is too much
 *     --json            one JSON object per line
 *
 * The key comes from MDCLOUD_API_KEY. Ends with 0 if all went well, 1 if something failed, 2 for wrong use.
 */
#define _POSIX_C_SOURCE 200809L
#include <mdcloud.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

static bool as_json;

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Texts of the service go to a terminal: no control characters. */
static void print_plain(FILE *to, const char *text) {
    for (; *text != '\0'; ++text) fputc((unsigned char)*text < ' ' || *text == 127 ? ' ' : *text, to);
}

static void print_json_text(const char *text) {
    if (text == NULL) {
        fputs("null", stdout);
        return;
    }
    putchar('"');
    for (; *text != '\0'; ++text) {
        const unsigned char letter = (unsigned char)*text;
        if (letter == '"' || letter == '\\') {
            printf("\\%c", letter);
        } else if (letter < ' ') {
            printf("\\u%04x", letter);
        } else {
            putchar(letter);
        }
    }
    putchar('"');
}

/* The facts of an error as one JSON object. */
static void print_json_error(const mdcloud_error *error) {
    printf("{\"status\":\"%s\",\"code\":", mdcloud_status_name(mdcloud_error_status(error)));
    if (mdcloud_error_code(error) != 0) {
        printf("%lld", (long long)mdcloud_error_code(error));
    } else {
        fputs("null", stdout);
    }
    fputs(",\"retry_after\":", stdout);
    if (mdcloud_error_retry_after_ms(error) != MDCLOUD_UNKNOWN) {
        printf("%.3f", (double)mdcloud_error_retry_after_ms(error) / 1e3);
    } else {
        fputs("null", stdout);
    }
    printf(",\"is_local\":%s}", mdcloud_error_is_local(error) ? "true" : "false");
}

/* Says what failed; `file` may be NULL. */
static void print_error(const char *file, const mdcloud_error *error) {
    if (as_json) {
        fputs("{\"language\":\"C\"", stdout);
        if (file != NULL) {
            fputs(",\"file\":", stdout);
            print_json_text(file);
        }
        fputs(",\"error\":", stdout);
        print_json_error(error);
        puts("}");
    } else {
        fprintf(stderr, "%s: %s\n", file != NULL ? file : "scan", mdcloud_error_message(error));
    }
}

static void print_report(const char *file, const mdcloud_result *report, double waited_ms) {
    mdcloud_verdict verdict = MDCLOUD_VERDICT_UNKNOWN;
    int64_t detected = 0, total = 0;
    const char *threat = NULL; /* stays NULL where the report names none; likewise the numbers */
    mdcloud_report_verdict(report, &verdict);
    mdcloud_report_detected_engines(report, &detected);
    mdcloud_report_total_engines(report, &total);
    mdcloud_report_threat_name(report, &threat);
    if (as_json) {
        fputs("{\"language\":\"C\",\"file\":", stdout);
        print_json_text(file);
        printf(",\"verdict\":\"%s\",\"detected\":%lld,\"total\":%lld,\"threat\":", mdcloud_verdict_name(verdict),
               (long long)detected, (long long)total);
        print_json_text(threat);
        printf(",\"waited_ms\":%.0f}\n", waited_ms);
    } else {
        printf("%s: %s  %lld/%lld engines", file, mdcloud_verdict_name(verdict), (long long)detected,
               (long long)total);
        if (threat != NULL) {
            fputs("  ", stdout);
            print_plain(stdout, threat);
        }
        putchar('\n');
    }
    fflush(stdout);
}

/* Scans one source, which it frees. Gives whether that went well. */
static bool scan(const mdcloud_client *client, const char *name, mdcloud_source *source) {
    mdcloud_options *options = mdcloud_options_new();
    mdcloud_result *report = NULL;
    mdcloud_error *error = NULL;
    const double start = milliseconds();
    mdcloud_options_set_filename(options, name);
    const mdcloud_status status = mdcloud_client_file_scan(client, source, options, &report, &error);
    if (status == MDCLOUD_STATUS_OK) {
        print_report(name, report, milliseconds() - start);
    } else {
        print_error(name, error);
    }
    mdcloud_error_free(error);
    mdcloud_result_free(report);
    mdcloud_options_free(options);
    mdcloud_source_free(source);
    return status == MDCLOUD_STATUS_OK;
}

static bool demo(const mdcloud_client *client) {
    static const char clean[] = "Nothing to see here.\n";
    /* In two halves, so that no scanner stumbles over this program. */
    static const char first[] = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-", second[] = "ANTIVIRUS-TEST-FILE!$H+H*";
    char eicar[sizeof first + sizeof second];
    const int length = snprintf(eicar, sizeof eicar, "%s%s", first, second);
    bool well = scan(client, "clean.txt", mdcloud_source_bytes(clean, sizeof clean - 1));
    well &= scan(client, "eicar.com", mdcloud_source_bytes(eicar, (size_t)length));
    return well;
}

/* Looks up hashes without ever waiting, until the service, or the ledger, says that it is too much. */
static bool throttle_demo(const mdcloud_client *client) {
    static const char *const hashes[] = {"44d88612fea8a8f36de82e1278abb02f", "d41d8cd98f00b204e9800998ecf8427e"};
    mdcloud_options *options = mdcloud_options_new();
    mdcloud_options_set_max_wait(options, 0);
    bool going = true, throttled = false;
    for (int round = 0; going && round < 1000; ++round) {
        mdcloud_result *results = NULL;
        mdcloud_error *error = NULL;
        const mdcloud_error *why = NULL;
        if (mdcloud_client_hash_lookup_many(client, hashes, 2, options, &results, &error) != MDCLOUD_STATUS_OK) {
            why = error;
        } else {
            mdcloud_hash_result_error(results, 0, &why); /* stays NULL where the entry has an answer */
        }
        if (why != NULL) {
            going = false;
            throttled = mdcloud_error_status(why) == MDCLOUD_STATUS_THROTTLED;
            if (as_json || !throttled) {
                print_error(NULL, why);
            } else {
                printf("%s  code %lld  retry after %.3f s  %s\n", mdcloud_status_name(mdcloud_error_status(why)),
                       (long long)mdcloud_error_code(why), (double)mdcloud_error_retry_after_ms(why) / 1e3,
                       mdcloud_error_is_local(why) ? "found here, nothing was sent" : "said by the service");
            }
        }
        mdcloud_error_free(error);
        mdcloud_result_free(results);
    }
    if (going) fputs("scan: the service never said that it was too much\n", stderr);
    mdcloud_options_free(options);
    return throttled;
}

int main(int count, char **arguments) {
    int wanted = 0;
    for (int i = 1; i < count; ++i) {
        if (strcmp(arguments[i], "--json") == 0) {
            as_json = true;
        } else {
            ++wanted;
        }
    }
    if (wanted == 0) {
        fputs("usage: scan [--json] [--demo] [--throttle-demo] [FILE...]\n", stderr);
        return 2;
    }
    mdcloud_config *config = mdcloud_config_new();
    mdcloud_client *client = NULL;
    mdcloud_error *error = NULL;
    if (mdcloud_client_new(config, &client, &error) != MDCLOUD_STATUS_OK) print_error(NULL, error);
    mdcloud_error_free(error);
    mdcloud_config_free(config);
    if (client == NULL) return 1;

    bool well = true;
    for (int i = 1; i < count; ++i) {
        const char *argument = arguments[i];
        if (strcmp(argument, "--demo") == 0) {
            well &= demo(client);
        } else if (strcmp(argument, "--throttle-demo") == 0) {
            well &= throttle_demo(client);
        } else if (strcmp(argument, "--json") != 0) {
            well &= scan(client, argument, mdcloud_source_path(argument));
        }
    }
    mdcloud_client_free(client);
    return well ? 0 : 1;
}
