// The worker in C++: worker NAME THREADS SECONDS SEED. What it prints is described in src/outcomes.rs. Built as
// a library it works in a process of Python, beside the library that Python brings.
#include <mdcloud.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::string_view eicar = "44d88612fea8a8f36de82e1278abb02f";

// One write for a line, so that languages and threads do not mix within it.
void say(const std::string &line) {
    std::fwrite((line + "\n").data(), 1, line.size() + 1, stdout);
    std::fflush(stdout);
}

// What the caller of an upload knows. An error with a data_id came after the upload.
const char *claim(const mdcloud::Error &error) {
    if (error.status() == mdcloud::Status::Ok || error.data_id()) return "taken";
    switch (error.delivery()) {
    case mdcloud::Delivery::NotSent: return "not_sent";
    case mdcloud::Delivery::Refused: return "refused";
    default: return "unknown";
    }
}

// The calls of one thread.
class Calls {
public:
    Calls(const mdcloud::Client &client, std::string name, std::uint64_t seed)
        : client_(client), name_(std::move(name)), random_(seed) {}

    void work(clock_type::time_point end) {
        while (clock_type::now() < end) one();
        say("asked " + std::to_string(asked_));
        say("longest " + std::to_string(longest_.count()));
        for (const auto &[status, count] : ended_)
            say("ended " + std::string(mdcloud::name(status)) + " " + std::to_string(count));
    }

private:
    struct File {
        std::string name;
        mdcloud::Source source;
        mdcloud::Options options;
    };

    std::uint64_t below(std::uint64_t end) {
        std::uint64_t z = random_ += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (z ^ (z >> 31)) % end;
    }

    // Every call has an end.
    static mdcloud::Options options() {
        mdcloud::Options options;
        options.set_deadline(milliseconds(10000));
        return options;
    }

    // A new content with a name of its own; sometimes a large one.
    File file() {
        std::string name = name_ + "-" + std::to_string(++files_);
        std::string content = "soak " + name + "\n";
        if (below(10) == 0) content.resize(200000, '.');
        mdcloud::Options options = this->options();
        options.set_filename(name);
        return File{std::move(name), mdcloud::Source::bytes(content), std::move(options)};
    }

    template <class Call> auto call(const std::string *upload, Call make) {
        ++asked_;
        const auto start = clock_type::now();
        auto result = make();
        const auto took = std::chrono::duration_cast<milliseconds>(clock_type::now() - start);
        if (took > longest_) longest_ = took;
        ++ended_[result.status()];
        if (upload != nullptr) say("upload " + *upload + " " + claim(result.error()) + " " + std::string(mdcloud::name(result.status())));
        return result;
    }

    void scan(const mdcloud::Cancel *cancel = nullptr) {
        File file = this->file();
        if (cancel != nullptr) file.options.set_cancel(*cancel);
        (void)call(&file.name, [&] { return client_.file_scan(file.source, file.options); });
    }

    void one() {
        const std::uint64_t kind = below(100);
        if (kind < 25) {
            scan();
        } else if (kind < 35) {
            const File file = this->file();
            const auto submission = call(&file.name, [&] { return client_.file_submit(file.source, file.options); });
            if (!submission.ok()) return;
            if (const auto id = submission->data_id()) {
                const std::string data_id(*id);
                (void)call(nullptr, [&] { return client_.file_wait(data_id, options()); });
            }
        } else if (kind < 60) {
            (void)call(nullptr, [&] { return client_.hash_lookup(eicar, options()); });
        } else if (kind < 75) {
            std::vector<std::string> hashes;
            for (int i = 0; i < 5; ++i) {
                std::array<char, 40> text{};
                std::snprintf(text.data(), text.size(), "%032llx",
                              static_cast<unsigned long long>(below(std::uint64_t{1} << 40)));
                hashes.emplace_back(text.data());
            }
            (void)call(nullptr, [&] { return client_.hash_lookup_many(hashes, options()); });
        } else if (kind < 85) {
            (void)call(nullptr, [&] { return client_.ip_lookup("203.0.113.7", options()); });
        } else if (kind < 92) {
            const File file = this->file();
            const std::string clean = "/tmp/mdcloud-soak-" + file.name;
            (void)call(&file.name, [&] { return client_.file_sanitize(file.source, clean, file.options); });
            std::remove(clean.c_str());
        } else {
            const mdcloud::Cancel cancel;
            std::thread soon([cancel, pause = milliseconds(below(60))] {
                std::this_thread::sleep_for(pause);
                cancel.cancel();
            });
            scan(&cancel);
            soon.join();
        }
    }

    const mdcloud::Client &client_;
    std::string name_;
    std::uint64_t random_, files_ = 0, asked_ = 0;
    milliseconds longest_{0};
    std::map<mdcloud::Status, std::uint64_t> ended_;
};

} // namespace

extern "C" int soak_work(const char *name, unsigned threads, unsigned seconds, std::uint64_t seed) {
    const auto end = clock_type::now() + std::chrono::seconds(seconds);
    const auto made = mdcloud::Client::create(mdcloud::Config()
                                                  .set_read_timeout(milliseconds(2000))
                                                  .set_max_wait(milliseconds(8000))
                                                  .set_strict_store(true));
    if (!made.ok()) {
        std::fprintf(stderr, "worker: %s\n", made.error().what());
        return 1;
    }
    std::vector<std::thread> all;
    for (unsigned i = 0; i < threads; ++i) {
        all.emplace_back([&, i] {
            Calls(*made, std::string(name) + "-cpp" + std::to_string(i), seed * 100 + 50 + i).work(end);
        });
    }
    for (std::thread &thread : all) thread.join();
    return 0;
}

#ifndef SOAK_LIBRARY
int main(int count, char **arguments) {
    if (count != 5) {
        std::fputs("usage: worker NAME THREADS SECONDS SEED\n", stderr);
        return 2;
    }
    return soak_work(arguments[1], static_cast<unsigned>(std::atoi(arguments[2])),
                     static_cast<unsigned>(std::atoi(arguments[3])), std::strtoull(arguments[4], nullptr, 10));
}
#endif
