/*
 * Did the service reach our receiver of callbacks? webhooks [DATA_ID]
 *
 * Lists the deliveries of the last 12 hours, or that of one scan. Ends with 0 if all were taken, 1 if one was
 * not or the service could not be asked, 2 for wrong use.
 */
#include <mdcloud.h>

#include <inttypes.h>
#include <stdio.h>

/* One delivery; what the service left out stays as it is here. Gives whether it was taken. */
static bool print_delivery(const mdcloud_result *statuses, size_t index) {
    const char *time = "-", *url = "-", *data_id = "-";
    int64_t code = 0;
    bool taken = false;
    mdcloud_webhook_status_request_time(statuses, index, &time);
    mdcloud_webhook_status_data_id(statuses, index, &data_id);
    mdcloud_webhook_status_url(statuses, index, &url);
    mdcloud_webhook_status_status_code(statuses, index, &code);
    mdcloud_webhook_status_is_delivered(statuses, index, &taken);
    printf("%s  %-6s  %" PRId64 "  %s  %s\n", time, taken ? "taken" : "FAILED", code, data_id, url);
    return taken;
}

int main(int count, char **arguments) {
    if (count > 2) {
        fputs("usage: webhooks [DATA_ID]\n", stderr);
        return 2;
    }
    mdcloud_config *config = mdcloud_config_new();
    mdcloud_client *client = NULL;
    mdcloud_result *statuses = NULL;
    mdcloud_error *error = NULL;
    mdcloud_status status = mdcloud_client_new(config, &client, &error);
    if (status == MDCLOUD_STATUS_OK) {
        status = count == 2 ? mdcloud_client_webhook_status(client, arguments[1], NULL, &statuses, &error)
                            : mdcloud_client_webhook_status_all(client, NULL, &statuses, &error);
    }
    bool well = status == MDCLOUD_STATUS_OK;
    if (well) {
        size_t size = 0;
        mdcloud_webhook_status_size(statuses, &size);
        for (size_t i = 0; i < size; ++i) well &= print_delivery(statuses, i);
        if (size == 0) puts("no deliveries in the last 12 hours");
    } else if (status == MDCLOUD_STATUS_NOT_FOUND) {
        fputs("webhooks: not delivered yet, or longer than 12 hours ago\n", stderr);
    } else {
        fprintf(stderr, "webhooks: %s\n", mdcloud_error_message(error));
    }
    mdcloud_error_free(error);
    mdcloud_result_free(statuses);
    mdcloud_client_free(client);
    mdcloud_config_free(config);
    return well ? 0 : 1;
}
