// Part of mdcloud.hpp: settings, sources, options. Include mdcloud.hpp, not this.
#ifndef MDCLOUD_INPUTS_HPP
#define MDCLOUD_INPUTS_HPP

#include "base.hpp"

namespace mdcloud {

/// Settings of a client. What is not set comes from the environment, then from the defaults. A value that is
/// refused makes the client fail, with an error that says why.
class Config {
public:
    Config() : config_(mdcloud_config_new()) {}

    Config &set_api_key(std::string_view key) { return text(mdcloud_config_set_api_key, key); }
    Config &set_base_url(std::string_view url) { return text(mdcloud_config_set_base_url, url); }
    Config &set_allow_http(bool allow) { return set(mdcloud_config_set_allow_http, allow); }
    Config &set_connect_timeout(std::chrono::milliseconds t) { return time(mdcloud_config_set_connect_timeout, t); }
    Config &set_read_timeout(std::chrono::milliseconds t) { return time(mdcloud_config_set_read_timeout, t); }
    /// std::nullopt for none.
    Config &set_timeout(std::optional<std::chrono::milliseconds> t) { return time(mdcloud_config_set_timeout, t); }
    Config &set_max_wait(std::chrono::milliseconds t) { return time(mdcloud_config_set_max_wait, t); }
    /// Such as "10/60s".
    Config &set_throttle(std::string_view rate) { return text(mdcloud_config_set_throttle, rate); }
    Config &set_quota_store(std::string_view store) { return text(mdcloud_config_set_quota_store, store); }
    Config &set_retries(std::uint32_t retries) { return set(mdcloud_config_set_retries, retries); }
    /// std::nullopt waits for ever.
    Config &set_deadline(std::optional<std::chrono::milliseconds> t) { return time(mdcloud_config_set_deadline, t); }
    Config &set_proxy(std::string_view url) { return text(mdcloud_config_set_proxy, url); }
    Config &set_ca_file(std::string_view path) { return text(mdcloud_config_set_ca_file, path); }
    Config &set_user_agent(std::string_view agent) { return text(mdcloud_config_set_user_agent, agent); }
    Config &set_concurrency(std::uint32_t most) { return set(mdcloud_config_set_concurrency, most); }

    const mdcloud_config *get() const noexcept { return config_.get(); }

private:
    // What a setter refuses, the settings remember: the client will say it.
    template <class V> Config &set(mdcloud_status (*setter)(mdcloud_config *, V), V value) {
        (void)setter(config_.get(), value);
        return *this;
    }
    Config &text(mdcloud_status (*setter)(mdcloud_config *, const char *), std::string_view value) {
        return set(setter, detail::Text(value).c_str());
    }
    template <class T> Config &time(mdcloud_status (*setter)(mdcloud_config *, std::uint64_t), T value) {
        return set(setter, detail::ms(value));
    }
    detail::OwnedConfig config_;
};

/// Ends calls from outside. Copies share one state.
class Cancel {
public:
    Cancel() : cancel_(mdcloud_cancel_new(), mdcloud_cancel_free) {}
    /// For good; from any thread.
    void cancel() const noexcept { mdcloud_cancel_cancel(cancel_.get()); }
    bool is_cancelled() const noexcept { return mdcloud_cancel_is_cancelled(cancel_.get()); }
    const mdcloud_cancel *get() const noexcept { return cancel_.get(); }

private:
    std::shared_ptr<mdcloud_cancel> cancel_;
};

/// An amount of an allowance that is kept for the calls whose options have it. Copies share it; what is left
/// goes back when the last of them and of those options goes.
class Reservation {
public:
    explicit Reservation(mdcloud_reservation *reservation) : reservation_(reservation, mdcloud_reservation_free) {}
    /// Gives it back, as far as this object goes.
    void release() noexcept { reservation_.reset(); }
    const mdcloud_reservation *get() const noexcept { return reservation_.get(); }

private:
    std::shared_ptr<mdcloud_reservation> reservation_;
};

/// What is scanned: a file, bytes in memory, or a stream.
class Source {
public:
    /// A file, never held in memory whole.
    static Source path(std::string_view path) {
        return Source(mdcloud_source_path(detail::Text(path).c_str()), nullptr);
    }
    /// A copy of these bytes.
    static Source bytes(const void *data, std::size_t size) {
        return Source(mdcloud_source_bytes(data, size), nullptr);
    }
    static Source bytes(std::string_view data) { return bytes(data.data(), data.size()); }

    /// Reads up to `size` bytes to `buffer` and returns how many, 0 at the end, or after a failure -1 or a
    /// negative errno.
    using Read = std::function<std::int64_t(unsigned char *buffer, std::size_t size)>;

    /// A stream of exactly `length` bytes, for one call.
    static Source reader(Read read, std::uint64_t length) {
        if (!read) return Source(nullptr, nullptr);
        auto state = std::make_unique<State>(State{std::move(read), {}});
        mdcloud_source *source = mdcloud_source_reader(
            [](void *data, std::uint8_t *buffer, std::size_t size) noexcept -> std::int64_t {
                auto *self = static_cast<State *>(data);
                return self->thrown.guarded(std::int64_t{-1}, [&] { return self->read(buffer, size); });
            },
            state.get(), length);
        return Source(source, std::move(state));
    }

    const mdcloud_source *get() const noexcept { return source_.get(); }

private:
    friend class Client;
    struct State {
        Read read;
        detail::Thrown thrown;
    };
    Source(mdcloud_source *source, std::unique_ptr<State> state) : state_(std::move(state)), source_(source) {}
    std::unique_ptr<State> state_;
    detail::OwnedSource source_;
};

/// How far a call has come, in bytes for an upload, in percent for a scan.
struct Progress {
    Phase phase;
    std::uint64_t done;
    std::uint64_t total;
};

/// What a single call may override, and how a file is submitted. A value that is refused makes the call fail.
class Options {
public:
    /// The whole call, waiting included; std::nullopt waits for ever.
    Options &set_deadline(std::optional<std::chrono::milliseconds> t) { return time(mdcloud_options_set_deadline, t); }
    /// Longest time to wait for quota; 0 never waits.
    Options &set_max_wait(std::chrono::milliseconds t) { return time(mdcloud_options_set_max_wait, t); }
    /// How much of the allowance the call must leave for others; a bulk call asks for what is above it.
    Options &set_leave(std::uint64_t amount) { return set(mdcloud_options_set_leave, amount); }
    /// An amount that was kept with Client::reserve, which the call draws on first.
    Options &set_reservation(const Reservation &kept) { return set(mdcloud_options_set_reservation, kept.get()); }
    Options &set_cancel(const Cancel &cancel) { return set(mdcloud_options_set_cancel, cancel.get()); }
    /// Called with a Progress on the thread of the call; false cancels, as does an exception, which then comes
    /// out of the call. May also return nothing.
    template <class Call> Options &set_progress(Call call) {
        auto told = std::make_unique<Told>();
        told->call = [call = std::move(call)](const Progress &progress) mutable -> bool {
            if constexpr (std::is_void_v<std::invoke_result_t<Call &, const Progress &>>) {
                call(progress);
                return true;
            } else {
                return call(progress);
            }
        };
        (void)mdcloud_options_set_progress(
            options(),
            [](void *data, std::int32_t phase, std::uint64_t done, std::uint64_t total) noexcept -> int {
                auto *self = static_cast<Told *>(data);
                const Progress progress{static_cast<Phase>(phase), done, total};
                return self->thrown.guarded(1, [&] { return self->call(progress) ? 0 : 1; });
            },
            told.get());
        told_ = std::move(told);
        return *this;
    }
    /// For file_scan: asks for a known result before uploading (the default).
    Options &set_reuse(bool reuse) { return set(mdcloud_options_set_reuse, reuse); }
    Options &set_filename(std::string_view name) { return text(mdcloud_options_set_filename, name); }
    /// "multiscan", "sanitize", "unarchive", "cdr", "dlp", or any other text.
    Options &set_rule(std::string_view rule) { return text(mdcloud_options_set_rule, rule); }
    Options &set_rule(std::initializer_list<std::string_view> rules) {
        std::string joined;
        for (std::string_view rule : rules) joined.append(joined.empty() ? "" : ",").append(rule);
        return set_rule(std::string_view(joined));
    }
    Options &set_archive_password(std::string_view p) { return text(mdcloud_options_set_archive_password, p); }
    Options &set_file_password(std::string_view p) { return text(mdcloud_options_set_file_password, p); }
    Options &set_sample_sharing(bool share) { return set(mdcloud_options_set_sample_sharing, share); }
    Options &set_private_processing(bool hide) { return set(mdcloud_options_set_private_processing, hide); }
    Options &set_download_from(std::string_view url) { return text(mdcloud_options_set_download_from, url); }
    Options &set_sandbox(std::string_view system) { return text(mdcloud_options_set_sandbox, system); }
    Options &set_callback_url(std::string_view url) { return text(mdcloud_options_set_callback_url, url); }
    Options &set_rescan_count(std::uint32_t count) { return set(mdcloud_options_set_rescan_count, count); }
    Options &set_rescan_interval(std::uint32_t i) { return set(mdcloud_options_set_rescan_interval, i); }
    /// JSON text that comes back in the report.
    Options &set_metadata(std::string_view json) { return text(mdcloud_options_set_metadata, json); }
    Options &set_header(std::string_view name, std::string_view value) {
        (void)mdcloud_options_set_header(options(), detail::Text(name).c_str(), detail::Text(value).c_str());
        return *this;
    }

    /// NULL as long as nothing is set.
    const mdcloud_options *get() const noexcept { return options_.get(); }

private:
    friend class Client;
    struct Told {
        std::function<bool(const Progress &)> call;
        detail::Thrown thrown;
    };
    mdcloud_options *options() {
        if (!options_) options_.reset(mdcloud_options_new());
        return options_.get();
    }
    template <class V> Options &set(mdcloud_status (*setter)(mdcloud_options *, V), V value) {
        (void)setter(options(), value);
        return *this;
    }
    Options &text(mdcloud_status (*setter)(mdcloud_options *, const char *), std::string_view value) {
        return set(setter, detail::Text(value).c_str());
    }
    template <class T> Options &time(mdcloud_status (*setter)(mdcloud_options *, std::uint64_t), T value) {
        return set(setter, detail::ms(value));
    }
    std::unique_ptr<Told> told_;
    detail::OwnedOptions options_;
};

} // namespace mdcloud

#endif // MDCLOUD_INPUTS_HPP
