/* A program of a user: the header in two of its files, one call through the library that it was linked with. */
#include <mdcloud.h>

#include <stdio.h>

mdcloud_status key_is_taken(const mdcloud_client *client); /* second.c */

int main(void) {
    mdcloud_config *config = mdcloud_config_new();
    mdcloud_client *client = NULL;
    mdcloud_status status = mdcloud_client_new(config, &client, NULL);
    if (status == MDCLOUD_STATUS_OK) status = key_is_taken(client);
    printf("%s %s\n", mdcloud_version(), mdcloud_status_name(status));
    mdcloud_client_free(client);
    mdcloud_config_free(config);
    return status;
}
