// Asks for one hash again and again from several threads, as a part of a Python process.
#include <mdcloud.hpp>

#include <atomic>
#include <thread>
#include <vector>

// Gives how many of the requests were answered; `refused` gets how many were refused here.
extern "C" int spend(int threads, int each, int *refused) {
    auto client = mdcloud::Client::create();
    if (!client.ok()) return -1;
    std::atomic<int> answered{0}, local{0};
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i) {
        all.emplace_back([&] {
            for (int n = 0; n < each; ++n) {
                const auto result = client.value().hash_lookup("44d88612fea8a8f36de82e1278abb02f");
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
