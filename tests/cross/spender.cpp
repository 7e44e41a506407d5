// Asks for hashes from several threads, as a part of a Python process. Each its own: the same one, asked for at
// once, would be one request.
#include <mdcloud.hpp>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

// Gives how many of the requests were answered; `refused` gets how many were refused here.
extern "C" int spend(int threads, int each, int *refused) {
    auto client = mdcloud::Client::create();
    if (!client.ok()) return -1;
    std::atomic<int> answered{0}, local{0};
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i) {
        all.emplace_back([&, i] {
            for (int n = 0; n < each; ++n) {
                char hash[33];
                std::snprintf(hash, sizeof hash, "c%015x%016x", static_cast<unsigned>(i), static_cast<unsigned>(n));
                const auto result = client.value().hash_lookup(hash);
                if (result.ok() || result.error().status() == mdcloud::Status::NotFound) {
                    ++answered;
                } else if (result.error().status() == mdcloud::Status::QuotaExhausted && result.error().is_local()) {
                    ++local;
                }
            }
        });
    }
    for (auto &thread : all) thread.join();
    *refused = local;
    return answered;
}

// Uploads `each` files from each of the threads, and gives how many the service took.
extern "C" int submit(int threads, int each) {
    auto client = mdcloud::Client::create();
    if (!client.ok()) return -1;
    std::atomic<int> taken{0};
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i) {
        all.emplace_back([&, i] {
            for (int n = 0; n < each; ++n) {
                const std::string text = "C++ " + std::to_string(i) + " " + std::to_string(n);
                taken += client.value().file_submit(mdcloud::Source::bytes(text)).ok();
            }
        });
    }
    for (auto &thread : all) thread.join();
    return taken;
}
