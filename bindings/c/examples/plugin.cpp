// A plug-in in C++ for a program in another language: it looks up hashes with the client of its own copy of
// mdcloud, and shares the quota with every other copy in the process.
#include <mdcloud.hpp>

#include <array>
#include <chrono>
#include <string>
#include <string_view>

// Makes `count` bulk requests and gives how many were answered. `waited_ms`, where it is not null, gets the
// longest time that one of them took: what a full window makes a call wait.
extern "C" int plugin_lookups(const char *base_url, const char *api_key, const char *throttle, int count,
                              double *waited_ms) {
    using clock = std::chrono::steady_clock;
    mdcloud::Config config;
    config.set_base_url(base_url);
    config.set_api_key(api_key);
    if (*throttle != '\0') config.set_throttle(throttle);
    auto client = mdcloud::Client::create(config);
    if (!client.ok()) return -1;
    const std::array<std::string_view, 1> hashes = {"44d88612fea8a8f36de82e1278abb02f"};
    int answered = 0;
    double longest = 0;
    for (int i = 0; i < count; ++i) {
        const auto start = clock::now();
        const auto results = client.value().hash_lookup_many(hashes);
        const std::chrono::duration<double, std::milli> took = clock::now() - start;
        if (took.count() > longest) longest = took.count();
        if (results.ok() && !results.value().empty() && !results.value()[0].error()) ++answered;
    }
    if (waited_ms != nullptr) *waited_ms = longest;
    return answered;
}
