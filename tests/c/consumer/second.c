#include <mdcloud.h>

mdcloud_status key_is_taken(const mdcloud_client *client);

mdcloud_status key_is_taken(const mdcloud_client *client) {
    mdcloud_result *out = NULL;
    const mdcloud_status status = mdcloud_client_apikey_info(client, NULL, &out, NULL);
    mdcloud_result_free(out);
    return status;
}
