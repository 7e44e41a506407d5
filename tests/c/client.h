/* A client for the tests; address and key come from MDCLOUD_BASE_URL and MDCLOUD_API_KEY. */
#ifndef CLIENT_H
#define CLIENT_H

#include <mdcloud.h>

#include "check.h"

static mdcloud_client *client;
static const char *const UNKNOWN_HASH = "00000000000000000000000000000000";

static inline mdcloud_client *new_client(void) {
    mdcloud_config *config = mdcloud_config_new();
    mdcloud_client *made = NULL;
    CHECK(mdcloud_client_new(config, &made, NULL) == MDCLOUD_STATUS_OK);
    mdcloud_config_free(config);
    return made;
}

#endif
