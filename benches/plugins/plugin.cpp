// mdcloud in C++, as a program would use it; protocol.h is its command line.
#include <mdcloud.hpp>

#include "protocol.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace {

const mdcloud::Client &of(void *client) { return *static_cast<const mdcloud::Client *>(client); }

// Runs one function of the client; what it throws is said.
template <class Act> long said(Act act) noexcept {
    try {
        return act();
    } catch (const std::exception &failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return -1;
    }
}

void *make(const char *base_url) {
    mdcloud::Config config;
    config.set_api_key(BENCH_KEY).set_base_url(std::string(base_url) + "/v4");
    return new mdcloud::Client(config);
}

long raw(void *client, const char *hash) {
    return said([&] {
        const auto document = of(client).call("GET", std::string("/hash/") + hash).value();
        return static_cast<long>(document.json().size());
    });
}

long lookup(void *client, const char *hash) {
    return said([&] { return static_cast<long>(of(client).hash_lookup(hash).value().verdict()); });
}

long full(void *client, const char *hash) {
    return said([&] {
        const auto report = of(client).hash_lookup(hash).value();
        const auto engines = report.engines();
        const auto named = [](const auto &engine) { return engine.name().has_value(); };
        return static_cast<long>(std::count_if(engines.begin(), engines.end(), named));
    });
}

long bulk(void *client, const char *const *hashes, unsigned long count) {
    return said([&] {
        const std::vector<std::string> all(hashes, hashes + count);
        const auto results = of(client).hash_lookup_many(all).value();
        const auto known = [](const mdcloud::HashResult &result) { return result.is_known(); };
        return static_cast<long>(std::count_if(results.begin(), results.end(), known));
    });
}

long upload(void *client, const char *path) {
    return said([&] {
        const auto submission = of(client).file_submit(mdcloud::Source::path(path)).value();
        return submission.data_id() ? 1L : 0L;
    });
}

long sha256(void *client, const char *path) {
    return said([&] {
        std::vector<mdcloud::Source> sources;
        sources.push_back(mdcloud::Source::path(path));
        return static_cast<long>(of(client).plan(sources).value().files().size());
    });
}

} // namespace

int main(int count, char **arguments) {
    const bench_client ours = {make, raw, lookup, full, bulk, upload, sha256};
    return bench_run(&ours, count, arguments);
}
