// mdcloud.hpp once more in the same program: nothing may be defined twice.
#include <mdcloud.hpp>
#include <mdcloud.hpp>

mdcloud::Status from_a_second_file(const mdcloud::Client &client);

mdcloud::Status from_a_second_file(const mdcloud::Client &client) { return client.apikey_limits().status(); }
