// Scans without blocking an event loop: scan_pool FILE...
//
// Calls of mdcloud block their thread. So a few threads make the calls, and hand what came back to the loop,
// which alone touches the program's state. The first infected file ends all scans that are under way or still
// to come. The key comes from MDCLOUD_API_KEY. Ends with 0 if all files are clean, 1 if not, 2 for wrong use.
#include <mdcloud.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using Task = std::function<void()>;

// What threads hand on to each other. Ends when it is closed and empty.
class Queue {
public:
    void push(Task task) {
        const std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(task));
        changed_.notify_one();
    }
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        changed_.notify_all();
    }
    // Runs tasks until the queue is closed and empty.
    void run() {
        for (std::unique_lock lock(mutex_);;) {
            changed_.wait(lock, [this] { return closed_ || !tasks_.empty(); });
            if (tasks_.empty()) return;
            const Task task = std::move(tasks_.front());
            tasks_.pop_front();
            lock.unlock();
            task();
            lock.lock();
        }
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Task> tasks_;
    bool closed_ = false;
};

// Threads that scan; what they find is told on the loop.
class ScanPool {
public:
    using Done = std::function<void(const mdcloud::Result<mdcloud::Report> &)>;

    ScanPool(const mdcloud::Client &client, Queue &loop, unsigned threads) : client_(client), loop_(loop) {
        for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work_.run(); });
    }
    ScanPool(const ScanPool &) = delete;
    ScanPool &operator=(const ScanPool &) = delete;
    ~ScanPool() {
        cancel_.cancel();
        work_.close();
        for (std::thread &thread : threads_) thread.join();
    }
    void scan(const std::string &file, Done done) {
        work_.push([this, file, done = std::move(done)] {
            mdcloud::Options options; // one for each call: options belong to one thread at a time
            options.set_cancel(cancel_);
            const auto result = client_.file_scan(mdcloud::Source::path(file), options);
            loop_.push([done, result] { done(result); });
        });
    }
    // Ends what runs within about 50 ms, and lets nothing more begin; each scan still says how it ended.
    void cancel() const { cancel_.cancel(); }

private:
    const mdcloud::Client &client_;
    Queue &loop_;
    Queue work_;
    mdcloud::Cancel cancel_;
    std::vector<std::thread> threads_;
};

} // namespace

int main(int count, char **arguments) {
    if (count < 2) {
        std::cerr << "usage: scan_pool FILE...\n";
        return 2;
    }
    const auto client = mdcloud::Client::create();
    if (!client.ok()) {
        std::cerr << "scan_pool: " << client.error().what() << '\n';
        return 1;
    }
    Queue loop;
    ScanPool pool(*client, loop, 4);
    int left = count - 1, cancelled = 0;
    bool clean = true;
    for (int i = 1; i < count; ++i) {
        const std::string file = arguments[i];
        pool.scan(file, [&, file](const mdcloud::Result<mdcloud::Report> &result) {
            if (result.ok()) {
                const mdcloud::Verdict verdict = result->verdict();
                std::cout << file << ": " << name(verdict) << '\n';
                clean = clean && verdict == mdcloud::Verdict::Clean;
                if (verdict == mdcloud::Verdict::Infected) pool.cancel();
            } else if (result.status() == mdcloud::Status::Cancelled) {
                ++cancelled;
            } else {
                std::cerr << file << ": " << result.error().what() << '\n';
                clean = false;
            }
            if (--left == 0) loop.close();
        });
    }
    loop.run();
    if (cancelled > 0) std::cout << cancelled << " scans were cancelled\n";
    return clean ? 0 : 1;
}
