// Part of mdcloud.hpp: the log. Include mdcloud.hpp, not this.
#ifndef MDCLOUD_LOG_HPP
#define MDCLOUD_LOG_HPP

#include "base.hpp"

#include <mutex>

namespace mdcloud {

/// How much a line of the log matters.
enum class LogLevel : std::int32_t {
    Error = MDCLOUD_LOG_LEVEL_ERROR,
    Warn = MDCLOUD_LOG_LEVEL_WARN,
    Info = MDCLOUD_LOG_LEVEL_INFO,
    Debug = MDCLOUD_LOG_LEVEL_DEBUG,
};

/// Takes a line of the log. Runs on the thread that does the work, also on several at once. What it throws is
/// dropped, as there may be no call of yours to throw it from.
using Log = std::function<void(LogLevel level, std::string_view message)>;

/// Tells `log` the lines of this library up to `level`, of all clients; an empty one ends that. Once this has
/// returned, the function that was set before does not run and never will again. Lines never hold the key. Not
/// to be called by the function that is told.
inline Result<void> set_log(LogLevel level, Log log) {
    static std::mutex changing;
    static std::unique_ptr<Log> current;
    const std::lock_guard<std::mutex> lock(changing);
    auto next = log ? std::make_unique<Log>(std::move(log)) : nullptr;
    mdcloud_log_fn tell = nullptr;
    if (next) {
        tell = [](void *data, std::int32_t line_level, const char *message) noexcept {
            detail::Thrown dropped;
            (void)dropped.guarded(0, [&] {
                (*static_cast<Log *>(data))(static_cast<LogLevel>(line_level), message);
                return 0;
            });
        };
    }
    const mdcloud_status status = mdcloud_log_set_callback(static_cast<std::int32_t>(level), tell, next.get());
    if (status != MDCLOUD_STATUS_OK) return Error(nullptr, status);
    current = std::move(next); // the old one goes only now
    return {};
}

} // namespace mdcloud

#endif // MDCLOUD_LOG_HPP
