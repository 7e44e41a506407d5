#include <mdcloud.hpp>

mdcloud::Status key_is_taken(const mdcloud::Client &client);

mdcloud::Status key_is_taken(const mdcloud::Client &client) { return client.apikey_info().status(); }
