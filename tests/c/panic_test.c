/*
 * Panics in every exported function: panic_test LIBRARY < include/mdcloud.symbols
 * LIBRARY is the build with the test door. Each function must meet the panic inside its guard and come back.
 */
#include <mdcloud.h>

#include "check.h"

#include <dlfcn.h>
#include <stdlib.h>

/* All arguments zero: enough registers and stack for any function of the header. */
typedef uintptr_t (*any_function)(uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t,
                                  uintptr_t, uintptr_t, uintptr_t);

static void *symbol(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (found == NULL) printf("not ok: %s is missing\n", name);
    return found;
}

int main(int count, char **arguments) {
    void *library = count == 2 ? dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (library == NULL) {
        puts("usage: panic_test LIBRARY < SYMBOLS");
        return 2;
    }
    void (*panic_next)(void) = NULL;
    uint32_t (*panics)(void) = NULL;
    *(void **)&panic_next = symbol(library, "mdcloud_test_panic_next");
    *(void **)&panics = symbol(library, "mdcloud_test_panics");
    if (panic_next == NULL || panics == NULL) return 2;
    char line[200];
    int functions = 0;
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *end = strchr(line, ' ');
        if (line[0] == '#' || end == NULL) continue;
        *end = '\0';
        if (strcmp(line, "mdcloud_rendezvous_v1") == 0) continue; /* guarded below this library, tested there */
        any_function function = NULL;
        *(void **)&function = symbol(library, line);
        if (!CHECK(function != NULL)) continue;
        const uint32_t before = panics();
        panic_next();
        const uintptr_t given = function(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        if (!CHECK(panics() == before + 1)) printf("        %s has no guard\n", line);
        /* Those that give a status say that it was a panic. */
        const bool plain = strstr(line, "_free") || strstr(line, "_new") || strstr(line, "mdcloud_error_") ||
                           strstr(line, "mdcloud_source_") || strstr(line, "mdcloud_cancel_") ||
                           strstr(line, "_name") || strcmp(line, "mdcloud_version") == 0 ||
                           strcmp(line, "mdcloud_result_json") == 0;
        const bool named = strstr(line, "mdcloud_report_") || strstr(line, "mdcloud_key_info_") ||
                           strstr(line, "_set_") || strstr(line, "mdcloud_hash_result_");
        if ((!plain || named || strcmp(line, "mdcloud_client_new") == 0) &&
            !CHECK((int32_t)given == MDCLOUD_STATUS_PANIC))
            printf("        %s gives %d\n", line, (int32_t)given);
        ++functions;
    }
    CHECK(functions > 100);

    /* With a place for the error, the panic comes as one. */
    mdcloud_status (*quota)(mdcloud_result **, mdcloud_error **) = NULL;
    const char *(*message)(const mdcloud_error *) = NULL;
    *(void **)&quota = symbol(library, "mdcloud_quota");
    *(void **)&message = symbol(library, "mdcloud_error_message");
    mdcloud_result *out = NULL;
    mdcloud_error *err = NULL;
    panic_next();
    CHECK(quota(&out, &err) == MDCLOUD_STATUS_PANIC && out == NULL && err != NULL);
    CHECK(strstr(message(err), "bug in mdcloud") != NULL);
    return sums();
}
