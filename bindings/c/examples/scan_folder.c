/*
 * Scans every file below a folder, and shows how far it is: scan_folder [-v] FOLDER
 *
 *     -v   a line for every step, where standard error is no terminal
 *
 * Ctrl-C ends the scan that is under way and says how far it came. The key comes from MDCLOUD_API_KEY. Ends
 * with 0 if every file is clean, 1 if one is not or could not be scanned, 2 for wrong use, 130 after Ctrl-C.
 */
#define _XOPEN_SOURCE 700
#include <mdcloud.h>

#include <errno.h>
#include <inttypes.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the signal handler and the walk of the folder cannot be handed as an argument. */
static mdcloud_cancel *cancel;
static struct {
    char **names;
    size_t count;
} files;

static void on_interrupt(int signal_number) {
    (void)signal_number;
    mdcloud_cancel_cancel(cancel); /* may be called from a signal handler */
}

/* Links are not followed: what they lead to may be anywhere. */
static int add_file(const char *path, const struct stat *about, int kind, struct FTW *where) {
    (void)where;
    if (kind != FTW_F || !S_ISREG(about->st_mode) || about->st_size == 0) return 0;
    char **more = realloc(files.names, (files.count + 1) * sizeof *more);
    if (more == NULL) return -1;
    files.names = more;
    files.names[files.count] = strdup(path);
    return files.names[files.count++] == NULL ? -1 : 0;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

struct progress {
    const char *name;
    size_t number, count;
    bool terminal, lines;
    int32_t phase; /* of the last line; so that each step gets one */
};

/* Runs on the thread of the scan, never after it. */
static int show_progress(void *data, int32_t phase, uint64_t done, uint64_t total) {
    struct progress *progress = data;
    const uint64_t percent = total == 0 ? 0 : done * 100 / total;
    const char *step = phase == MDCLOUD_PHASE_UPLOAD ? "uploaded" : "scanned";
    if (progress->terminal) {
        fprintf(stderr, "\r\033[K[%zu/%zu] %s: %s %" PRIu64 " %%", progress->number, progress->count, progress->name,
                step, percent);
    } else if (progress->lines && (percent == 100 || phase != progress->phase)) {
        fprintf(stderr, "[%zu/%zu] %s: %s %" PRIu64 " %%\n", progress->number, progress->count, progress->name, step,
                percent);
    }
    progress->phase = phase;
    return 0; /* anything else would cancel */
}

/* Scans one file. Gives the status, and whether the file is clean. */
static mdcloud_status scan(const mdcloud_client *client, const mdcloud_options *options, struct progress *progress,
                           bool *clean) {
    mdcloud_source *source = mdcloud_source_path(progress->name);
    mdcloud_result *report = NULL;
    mdcloud_error *error = NULL;
    mdcloud_verdict verdict = MDCLOUD_VERDICT_UNKNOWN;
    const char *threat = NULL;
    const mdcloud_status status = mdcloud_client_file_scan(client, source, options, &report, &error);
    if (progress->terminal) fputs("\r\033[K", stderr);
    if (status == MDCLOUD_STATUS_OK) {
        mdcloud_report_verdict(report, &verdict);
        mdcloud_report_threat_name(report, &threat); /* stays NULL where there is none */
        printf("%s: %s%s%s\n", progress->name, mdcloud_verdict_name(verdict), threat == NULL ? "" : "  ",
               threat == NULL ? "" : threat);
    } else if (status != MDCLOUD_STATUS_CANCELLED) {
        fprintf(stderr, "%s: %s\n", progress->name, mdcloud_error_message(error));
    }
    fflush(stdout);
    *clean = verdict == MDCLOUD_VERDICT_CLEAN;
    mdcloud_error_free(error);
    mdcloud_result_free(report);
    mdcloud_source_free(source);
    return status;
}

int main(int count, char **arguments) {
    const bool lines = count == 3 && strcmp(arguments[1], "-v") == 0;
    if (count != 2 + lines) {
        fputs("usage: scan_folder [-v] FOLDER\n", stderr);
        return 2;
    }
    if (nftw(arguments[count - 1], add_file, 32, FTW_PHYS) != 0) {
        fprintf(stderr, "%s: %s\n", arguments[count - 1], strerror(errno));
        return 1;
    }
    if (files.count > 0) qsort(files.names, files.count, sizeof *files.names, by_name);

    mdcloud_config *config = mdcloud_config_new();
    mdcloud_options *options = mdcloud_options_new();
    mdcloud_client *client = NULL;
    mdcloud_error *error = NULL;
    struct progress progress = {"", 0, files.count, isatty(STDERR_FILENO) != 0, lines, 0};
    cancel = mdcloud_cancel_new();
    mdcloud_options_set_cancel(options, cancel);
    mdcloud_options_set_progress(options, show_progress, &progress);
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL);

    int outcome = 0;
    size_t scanned = 0;
    if (mdcloud_client_new(config, &client, &error) != MDCLOUD_STATUS_OK) {
        fprintf(stderr, "scan_folder: %s\n", mdcloud_error_message(error));
        outcome = 1;
    }
    for (size_t i = 0; client != NULL && i < files.count; ++i) {
        bool clean = false;
        progress.name = files.names[i];
        progress.number = i + 1;
        progress.phase = 0;
        if (scan(client, options, &progress, &clean) == MDCLOUD_STATUS_CANCELLED) {
            fprintf(stderr, "interrupted: %zu of %zu files were scanned\n", scanned, files.count);
            outcome = 130;
            break;
        }
        ++scanned;
        if (!clean) outcome = 1;
    }
    mdcloud_client_free(client);
    mdcloud_error_free(error);
    mdcloud_options_free(options);
    mdcloud_config_free(config);
    mdcloud_cancel_free(cancel);
    for (size_t i = 0; i < files.count; ++i) free(files.names[i]);
    free(files.names);
    return outcome;
}
