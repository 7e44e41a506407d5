// mdcloud for C++17: a thin header over mdcloud.h, whose rules on threads, waiting and fork hold here too.
//
// This project is independent of OPSWAT, the maker of MetaDefender Cloud.
//
//     mdcloud::Client client(mdcloud::Config{});              // the key comes from MDCLOUD_API_KEY
//     auto report = client.file_scan(mdcloud::Source::path("invoice.pdf")).value();
//     if (report.verdict() == mdcloud::Verdict::Infected)
//         std::cout << report.threat_name().value_or("?") << '\n';
//
// A call gives a Result<T>: ask ok(), or let value() throw mdcloud::Error. Without exceptions everything but
// the throwing half is there: Client::create() stands for the constructor, and value() of a failure aborts.
// Results are cheap to copy and share the answer; a std::string_view that they give lives as long as one of
// them. A text with a NUL inside is refused. An exception that a callback throws comes out of the call.
#ifndef MDCLOUD_HPP
#define MDCLOUD_HPP

#include "mdcloud.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define MDCLOUD_EXCEPTIONS 1
#else
#define MDCLOUD_EXCEPTIONS 0
#endif

namespace mdcloud {

/// How a call ended; the numbers are those of C. A later version may add some.
enum class Status : std::int32_t {
    Ok = MDCLOUD_STATUS_OK,
    InvalidArgument = MDCLOUD_STATUS_INVALID_ARGUMENT,
    NoApiKey = MDCLOUD_STATUS_NO_API_KEY,
    Io = MDCLOUD_STATUS_IO,
    Cancelled = MDCLOUD_STATUS_CANCELLED,
    Deadline = MDCLOUD_STATUS_DEADLINE,
    Network = MDCLOUD_STATUS_NETWORK,
    Tls = MDCLOUD_STATUS_TLS,
    Timeout = MDCLOUD_STATUS_TIMEOUT,
    Throttled = MDCLOUD_STATUS_THROTTLED,
    QuotaExhausted = MDCLOUD_STATUS_QUOTA_EXHAUSTED,
    Busy = MDCLOUD_STATUS_BUSY,
    Blocked = MDCLOUD_STATUS_BLOCKED,
    Unauthorized = MDCLOUD_STATUS_UNAUTHORIZED,
    Forbidden = MDCLOUD_STATUS_FORBIDDEN,
    BadRequest = MDCLOUD_STATUS_BAD_REQUEST,
    TooLarge = MDCLOUD_STATUS_TOO_LARGE,
    NotFound = MDCLOUD_STATUS_NOT_FOUND,
    Server = MDCLOUD_STATUS_SERVER,
    Protocol = MDCLOUD_STATUS_PROTOCOL,
    Panic = MDCLOUD_STATUS_PANIC,
};

/// What a scan found.
enum class Verdict : std::int32_t {
    Unknown = MDCLOUD_VERDICT_UNKNOWN,
    Clean = MDCLOUD_VERDICT_CLEAN,
    Infected = MDCLOUD_VERDICT_INFECTED,
    Suspicious = MDCLOUD_VERDICT_SUSPICIOUS,
    Incomplete = MDCLOUD_VERDICT_INCOMPLETE,
    Pending = MDCLOUD_VERDICT_PENDING,
};

/// What is known of a request that failed.
enum class Delivery : std::int32_t {
    NotSent = MDCLOUD_DELIVERY_NOT_SENT,
    Refused = MDCLOUD_DELIVERY_REFUSED,
    Unknown = MDCLOUD_DELIVERY_UNKNOWN,
};

/// What a call is doing, for a progress callback. A later version may add some.
enum class Phase : std::int32_t {
    Upload = MDCLOUD_PHASE_UPLOAD,
    Scan = MDCLOUD_PHASE_SCAN,
};

// The constants of C compare with the enumerations of C++.
constexpr bool operator==(Status a, mdcloud_status b) { return static_cast<std::int32_t>(a) == b; }
constexpr bool operator!=(Status a, mdcloud_status b) { return !(a == b); }
constexpr bool operator==(Verdict a, mdcloud_verdict b) { return static_cast<std::int32_t>(a) == b; }
constexpr bool operator!=(Verdict a, mdcloud_verdict b) { return !(a == b); }

/// Name in capital letters, such as "THROTTLED".
inline std::string_view name(Status status) noexcept {
    return mdcloud_status_name(static_cast<std::int32_t>(status));
}

/// Name in capital letters, such as "CLEAN".
inline std::string_view name(Verdict verdict) noexcept {
    return mdcloud_verdict_name(static_cast<std::int32_t>(verdict));
}

/// Name of an operation, such as "hash_lookup".
inline std::string_view name(mdcloud_operation operation) noexcept {
    return mdcloud_operation_name(static_cast<std::int32_t>(operation));
}

/// Version of the library that runs; MDCLOUD_VERSION is that of this header.
inline std::string_view version() noexcept { return mdcloud_version(); }

namespace detail {

/// A text for C. One with a NUL inside would be cut short: it counts as NULL, which is refused.
class Text {
public:
    explicit Text(std::string_view text) : text_(text), whole_(text.find('\0') == std::string_view::npos) {}
    const char *c_str() const noexcept { return whole_ ? text_.c_str() : nullptr; }

private:
    std::string text_;
    bool whole_;
};

inline std::uint64_t ms(std::chrono::milliseconds time) noexcept {
    return time.count() > 0 ? static_cast<std::uint64_t>(time.count()) : 0;
}

inline std::uint64_t ms(std::optional<std::chrono::milliseconds> time) noexcept {
    return time ? ms(*time) : MDCLOUD_FOREVER;
}

inline std::optional<std::string_view> view(const char *text) {
    return text == nullptr ? std::nullopt : std::optional<std::string_view>(text);
}

template <class T, void (*free)(T *)> struct Free {
    void operator()(T *object) const noexcept { free(object); }
};
template <class T, void (*free)(T *)> using Owned = std::unique_ptr<T, Free<T, free>>;

using OwnedConfig = Owned<mdcloud_config, mdcloud_config_free>;
using OwnedClient = Owned<mdcloud_client, mdcloud_client_free>;
using OwnedSource = Owned<mdcloud_source, mdcloud_source_free>;
using OwnedOptions = Owned<mdcloud_options, mdcloud_options_free>;
using OwnedResult = Owned<mdcloud_result, mdcloud_result_free>;
using OwnedError = Owned<mdcloud_error, mdcloud_error_free>;

/// What a callback threw, on its way around the library.
class Thrown {
public:
    template <class Call, class R> R guarded(R failed, Call call) noexcept {
#if MDCLOUD_EXCEPTIONS
        try {
            return call();
        } catch (...) {
            thrown_ = std::current_exception();
            return failed;
        }
#else
        (void)failed;
        return call();
#endif
    }
    void rethrow() {
#if MDCLOUD_EXCEPTIONS
        if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
#endif
    }

private:
#if MDCLOUD_EXCEPTIONS
    std::exception_ptr thrown_;
#endif
};

} // namespace detail

/// Why a call failed, with all the facts. Cheap to copy.
class Error : public std::exception {
public:
    Error() noexcept = default;
    Error(std::shared_ptr<const mdcloud_error> error, mdcloud_status status) noexcept
        : error_(std::move(error)), status_(static_cast<Status>(status)) {}

    Status status() const noexcept { return status_; }
    /// The service's own code, such as 429001; 0 where it gave none.
    std::int64_t code() const noexcept { return mdcloud_error_code(get()); }
    /// HTTP status of the answer; 0 where there was no answer.
    int http_status() const noexcept { return mdcloud_error_http_status(get()); }
    /// How long to wait before the same call can succeed, where that is known.
    std::optional<std::chrono::milliseconds> retry_after() const noexcept {
        const std::uint64_t after = mdcloud_error_retry_after_ms(get());
        if (after == MDCLOUD_UNKNOWN) return std::nullopt;
        constexpr std::uint64_t most = INT64_MAX;
        return std::chrono::milliseconds(static_cast<std::int64_t>(after < most ? after : most));
    }
    /// The service's own texts, for people.
    std::vector<std::string_view> messages() const {
        std::vector<std::string_view> all;
        for (std::size_t i = 0; i < mdcloud_error_message_count(get()); ++i)
            all.emplace_back(mdcloud_error_message_at(get(), i));
        return all;
    }
    /// The allowance concerned, by the service's name for it.
    std::optional<std::string_view> family() const { return detail::view(mdcloud_error_family(get())); }
    /// Whether the failure was found here and nothing reached the service.
    bool is_local() const noexcept { return mdcloud_error_is_local(get()); }
    Delivery delivery() const noexcept { return static_cast<Delivery>(mdcloud_error_delivery(get())); }
    /// Method and path of the request, never the key.
    std::optional<std::string_view> request() const { return detail::view(mdcloud_error_request(get())); }
    /// The scan that goes on at the service.
    std::optional<std::string_view> data_id() const { return detail::view(mdcloud_error_data_id(get())); }
    /// The operating system's error number; 0 where there is none.
    int system_error() const noexcept { return mdcloud_error_errno(get()); }
    /// The body of the answer, as received.
    std::string_view raw() const noexcept {
        std::size_t length = 0;
        const char *raw = mdcloud_error_raw(get(), &length);
        return raw == nullptr ? std::string_view() : std::string_view(raw, length);
    }
    /// One line: what was asked, what happened, what to do next.
    const char *what() const noexcept override {
        return error_ ? mdcloud_error_message(get()) : name(status_).data();
    }
    /// The same for C; NULL for an Error of your own making.
    const mdcloud_error *get() const noexcept { return error_.get(); }

private:
    std::shared_ptr<const mdcloud_error> error_;
    Status status_ = Status::Ok;
};

/// What a call gave: a value or an Error.
template <class T> class [[nodiscard]] Result {
public:
    Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const noexcept { return held_.index() == 0; }
    explicit operator bool() const noexcept { return ok(); }
    Status status() const noexcept { return ok() ? Status::Ok : error().status(); }
    /// The error; one with Status::Ok where there is none.
    const Error &error() const noexcept {
        static const Error none;
        const Error *error = std::get_if<1>(&held_);
        return error == nullptr ? none : *error;
    }
    /// The value, or the error as an exception.
    T &value() & { return check(), *std::get_if<0>(&held_); }
    const T &value() const & { return check(), *std::get_if<0>(&held_); }
    T value() && { return check(), std::move(*std::get_if<0>(&held_)); }
    T &operator*() & { return value(); }
    const T &operator*() const & { return value(); }
    T operator*() && { return std::move(*this).value(); }
    T *operator->() { return &value(); }
    const T *operator->() const { return &value(); }

private:
    void check() const {
        if (ok()) return;
#if MDCLOUD_EXCEPTIONS
        throw *std::get_if<1>(&held_);
#else
        std::abort();
#endif
    }
    std::variant<T, Error> held_;
};

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
                auto *state = static_cast<State *>(data);
                return state->thrown.guarded<>(std::int64_t{-1}, [&] { return state->read(buffer, size); });
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
                auto *told = static_cast<Told *>(data);
                const Progress progress{static_cast<Phase>(phase), done, total};
                return told->thrown.guarded(1, [&] { return told->call(progress) ? 0 : 1; });
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

/// An answer as it came: its JSON, and any value by its JSON pointer (RFC 6901). All results can do this.
class Document {
public:
    explicit Document(mdcloud_result *result) : result_(result, mdcloud_result_free) {}

    /// The exact bytes that the service sent.
    std::string_view json() const noexcept {
        std::size_t length = 0;
        const char *json = mdcloud_result_json(get(), &length);
        return json == nullptr ? std::string_view() : std::string_view(json, length);
    }
    std::optional<std::string_view> string(std::string_view json_pointer) const {
        return text(mdcloud_result_string, detail::Text(json_pointer).c_str());
    }
    std::optional<std::int64_t> integer(std::string_view json_pointer) const {
        return copy<std::int64_t>(mdcloud_result_int, detail::Text(json_pointer).c_str());
    }
    std::optional<double> number(std::string_view json_pointer) const {
        return copy<double>(mdcloud_result_double, detail::Text(json_pointer).c_str());
    }
    std::optional<bool> boolean(std::string_view json_pointer) const {
        return copy<bool>(mdcloud_result_bool, detail::Text(json_pointer).c_str());
    }
    /// How many elements the array, or members the object, has.
    std::optional<std::size_t> size(std::string_view json_pointer) const {
        return copy<std::size_t>(mdcloud_result_size, detail::Text(json_pointer).c_str());
    }

    /// The same for C.
    const mdcloud_result *get() const noexcept { return result_.get(); }

protected:
    template <class T, class Getter, class... Where>
    std::optional<T> copy(Getter getter, Where... where) const {
        T value{};
        if (getter(get(), where..., &value) != MDCLOUD_STATUS_OK) return std::nullopt;
        return value;
    }
    template <class Getter, class... Where>
    std::optional<std::string_view> text(Getter getter, Where... where) const {
        const char *text = nullptr;
        if (getter(get(), where..., &text) != MDCLOUD_STATUS_OK) return std::nullopt;
        return detail::view(text);
    }
    template <class Getter, class... Where> std::optional<std::int64_t> whole(Getter getter, Where... where) const {
        return copy<std::int64_t>(getter, where...);
    }
    template <class Getter, class... Where> std::size_t count(Getter getter, Where... where) const {
        return copy<std::size_t>(getter, where...).value_or(0);
    }
    template <class Getter, class... Where> bool flag(Getter getter, Where... where) const {
        return copy<bool>(getter, where...).value_or(false);
    }
    template <class Getter, class... Where> Verdict found(Getter getter, Where... where) const {
        return static_cast<Verdict>(copy<mdcloud_verdict>(getter, where...).value_or(MDCLOUD_VERDICT_UNKNOWN));
    }
    template <class Element, class... Where> std::vector<Element> list(std::size_t size, Where... where) const {
        std::vector<Element> all;
        all.reserve(size);
        for (std::size_t i = 0; i < size; ++i) all.push_back(Element(*this, where..., i));
        return all;
    }

private:
    std::shared_ptr<mdcloud_result> result_;
};

/// The result of one engine.
class Engine : private Document {
public:
    std::optional<std::string_view> name() const { return name_; }
    /// The engine's result code, from the same table as Report::result_code.
    std::optional<std::int64_t> code() const { return code_; }
    /// What the engine calls the threat, where it found one.
    std::optional<std::string_view> threat() const { return threat_; }
    std::optional<std::string_view> definition_time() const { return definition_time_; }
    /// In milliseconds.
    std::optional<std::int64_t> scan_time() const { return scan_time_; }

private:
    friend class Document;
    Engine(const Document &of, std::size_t i)
        : Document(of), name_(text(mdcloud_report_engines_name, i)), code_(whole(mdcloud_report_engines_code, i)),
          threat_(text(mdcloud_report_engines_threat, i)),
          definition_time_(text(mdcloud_report_engines_definition_time, i)),
          scan_time_(whole(mdcloud_report_engines_scan_time, i)) {}
    Engine(const Document &of, std::size_t entry, std::size_t i)
        : Document(of), name_(text(mdcloud_hash_result_engines_name, entry, i)),
          code_(whole(mdcloud_hash_result_engines_code, entry, i)),
          threat_(text(mdcloud_hash_result_engines_threat, entry, i)),
          definition_time_(text(mdcloud_hash_result_engines_definition_time, entry, i)),
          scan_time_(whole(mdcloud_hash_result_engines_scan_time, entry, i)) {}
    std::optional<std::string_view> name_;
    std::optional<std::int64_t> code_;
    std::optional<std::string_view> threat_, definition_time_;
    std::optional<std::int64_t> scan_time_;
};

/// A file that came out of an archive.
class ExtractedFile : private Document {
public:
    /// Its path inside the archive. Never use it as a path of your own.
    std::optional<std::string_view> display_name() const {
        return text(mdcloud_report_extracted_files_display_name, index_);
    }
    std::optional<std::string_view> data_id() const { return text(mdcloud_report_extracted_files_data_id, index_); }
    Verdict verdict() const { return found(mdcloud_report_extracted_files_verdict, index_); }
    std::optional<std::int64_t> result_code() const {
        return whole(mdcloud_report_extracted_files_result_code, index_);
    }
    std::optional<std::int64_t> progress() const { return whole(mdcloud_report_extracted_files_progress, index_); }
    std::optional<std::int64_t> file_size() const { return whole(mdcloud_report_extracted_files_file_size, index_); }
    std::optional<std::string_view> file_type() const {
        return text(mdcloud_report_extracted_files_file_type, index_);
    }
    std::optional<std::int64_t> detected_engines() const {
        return whole(mdcloud_report_extracted_files_detected_engines, index_);
    }

private:
    friend class Document;
    ExtractedFile(const Document &of, std::size_t i) : Document(of), index_(i) {}
    std::size_t index_;
};

/// What became of the sanitization of a file.
class Sanitized : private Document {
public:
    std::optional<std::string_view> result() const { return text(mdcloud_report_sanitized_result); }
    std::optional<std::int64_t> progress() const { return whole(mdcloud_report_sanitized_progress); }
    std::optional<std::string_view> reason() const { return text(mdcloud_report_sanitized_reason); }
    std::optional<std::string_view> data_id() const { return text(mdcloud_report_sanitized_data_id); }
    /// Link to the clean copy. Whoever has the link can read the file.
    std::optional<std::string_view> file_path() const { return text(mdcloud_report_sanitized_file_path); }

private:
    friend class Report;
    explicit Sanitized(const Document &of) : Document(of) {}
};

/// How the service processed a file.
class ProcessInfo : private Document {
public:
    std::optional<std::string_view> result() const { return text(mdcloud_report_process_info_result); }
    std::optional<std::int64_t> progress() const { return whole(mdcloud_report_process_info_progress); }
    std::optional<std::string_view> profile() const { return text(mdcloud_report_process_info_profile); }
    std::optional<std::string_view> blocked_reason() const {
        return text(mdcloud_report_process_info_blocked_reason);
    }
    std::vector<std::string_view> verdicts() const {
        std::vector<std::string_view> all;
        for (std::size_t i = 0; i < count(mdcloud_report_process_info_verdicts_size); ++i)
            all.push_back(text(mdcloud_report_process_info_verdicts, i).value_or(""));
        return all;
    }

private:
    friend class Report;
    explicit ProcessInfo(const Document &of) : Document(of) {}
};

/// What the service knows of a file: the state of a scan, then its result. Fields as in mdcloud.h.
class Report : public Document {
public:
    using Document::Document;

    std::optional<std::string_view> data_id() const { return text(mdcloud_report_data_id); }
    std::optional<std::string_view> file_id() const { return text(mdcloud_report_file_id); }
    Verdict verdict() const { return found(mdcloud_report_verdict); }
    std::optional<std::int64_t> result_code() const { return whole(mdcloud_report_result_code); }
    std::optional<std::string_view> result_text() const { return text(mdcloud_report_result_text); }
    bool is_finished() const { return flag(mdcloud_report_is_finished); }
    std::optional<std::int64_t> progress() const { return whole(mdcloud_report_progress); }
    std::optional<std::int64_t> total_engines() const { return whole(mdcloud_report_total_engines); }
    std::optional<std::int64_t> detected_engines() const { return whole(mdcloud_report_detected_engines); }
    std::optional<std::string_view> threat_name() const { return text(mdcloud_report_threat_name); }
    std::vector<Engine> engines() const { return list<Engine>(count(mdcloud_report_engines_size)); }
    std::optional<std::string_view> start_time() const { return text(mdcloud_report_start_time); }
    /// In milliseconds.
    std::optional<std::int64_t> total_time() const { return whole(mdcloud_report_total_time); }
    /// Name of the file as it was given at the upload. Never use it as a path.
    std::optional<std::string_view> display_name() const { return text(mdcloud_report_display_name); }
    std::optional<std::int64_t> file_size() const { return whole(mdcloud_report_file_size); }
    std::optional<std::string_view> md5() const { return text(mdcloud_report_md5); }
    std::optional<std::string_view> sha1() const { return text(mdcloud_report_sha1); }
    std::optional<std::string_view> sha256() const { return text(mdcloud_report_sha256); }
    std::optional<std::string_view> file_type() const { return text(mdcloud_report_file_type); }
    std::optional<std::string_view> file_type_extension() const { return text(mdcloud_report_file_type_extension); }
    std::optional<Sanitized> sanitized() const {
        return flag(mdcloud_report_sanitized) ? std::optional<Sanitized>(Sanitized(*this)) : std::nullopt;
    }
    std::vector<ExtractedFile> extracted_files() const {
        return list<ExtractedFile>(count(mdcloud_report_extracted_files_size));
    }
    std::optional<ProcessInfo> process_info() const {
        return flag(mdcloud_report_process_info) ? std::optional<ProcessInfo>(ProcessInfo(*this)) : std::nullopt;
    }
};

/// What the service says to an upload: the handle to wait with.
class Submission : public Document {
public:
    using Document::Document;

    std::optional<std::string_view> data_id() const { return text(mdcloud_submission_data_id); }
    std::optional<std::string_view> file_id() const { return text(mdcloud_submission_file_id); }
    std::optional<std::string_view> status() const { return text(mdcloud_submission_status); }
    std::optional<std::int64_t> in_queue() const { return whole(mdcloud_submission_in_queue); }
    std::optional<std::string_view> queue_priority() const { return text(mdcloud_submission_queue_priority); }
    std::optional<std::string_view> md5() const { return text(mdcloud_submission_md5); }
    std::optional<std::string_view> sha1() const { return text(mdcloud_submission_sha1); }
    std::optional<std::string_view> sha256() const { return text(mdcloud_submission_sha256); }
    std::optional<std::string_view> sandbox_id() const { return text(mdcloud_submission_sandbox_id); }
};

/// What the service knows of one of many hashes.
class HashResult : private Document {
public:
    std::optional<std::string_view> hash() const { return text(mdcloud_hash_result_hash, index_); }
    std::optional<std::string_view> data_id() const { return text(mdcloud_hash_result_data_id, index_); }
    /// A hash that the service does not know is no error.
    bool is_known() const { return flag(mdcloud_hash_result_is_known, index_); }
    Verdict verdict() const { return found(mdcloud_hash_result_verdict, index_); }
    std::optional<std::int64_t> result_code() const { return whole(mdcloud_hash_result_result_code, index_); }
    std::optional<std::int64_t> detected_engines() const {
        return whole(mdcloud_hash_result_detected_engines, index_);
    }
    std::vector<Engine> engines() const {
        return list<Engine>(count(mdcloud_hash_result_engines_size, index_), index_);
    }
    /// Why this entry has no answer.
    std::optional<Error> error() const {
        const mdcloud_error *error = nullptr;
        if (mdcloud_hash_result_error(get(), index_, &error) != MDCLOUD_STATUS_OK) return std::nullopt;
        // The error belongs to the list: as long as it is in use, so is the list.
        auto list = std::make_shared<Document>(static_cast<const Document &>(*this));
        return Error(std::shared_ptr<const mdcloud_error>(list, error), mdcloud_error_status(error));
    }
    /// The entry as the service sent it.
    std::string_view json() const { return text(mdcloud_hash_result_json, index_).value_or(""); }

private:
    friend class Document;
    HashResult(const Document &of, std::size_t i) : Document(of), index_(i) {}
    std::size_t index_;
};

/// One HashResult per input, in input order.
class HashResults : public Document {
public:
    explicit HashResults(mdcloud_result *result)
        : Document(result), all_(list<HashResult>(count(mdcloud_hash_result_size))) {}

    using Document::size;
    std::size_t size() const noexcept { return all_.size(); }
    bool empty() const noexcept { return all_.empty(); }
    const HashResult &operator[](std::size_t index) const { return all_[index]; }
    auto begin() const noexcept { return all_.begin(); }
    auto end() const noexcept { return all_.end(); }

private:
    std::vector<HashResult> all_;
};

/// What a key may do. The JSON holds the key itself: do not log it.
class KeyInfo : public Document {
public:
    using Document::Document;

    std::optional<std::string_view> nickname() const { return text(mdcloud_key_info_nickname); }
    std::optional<bool> is_paid() const { return copy<bool>(mdcloud_key_info_is_paid); }
    std::optional<std::string_view> created_at() const { return text(mdcloud_key_info_created_at); }
    std::optional<std::string_view> updated_at() const { return text(mdcloud_key_info_updated_at); }
    std::optional<std::string_view> expiration_date() const { return text(mdcloud_key_info_expiration_date); }
    std::optional<std::string_view> time_interval() const { return text(mdcloud_key_info_time_interval); }
    std::optional<std::string_view> queue() const { return text(mdcloud_key_info_queue); }
    std::optional<std::int64_t> limit_prevention() const { return whole(mdcloud_key_info_limit_prevention); }
    std::optional<std::int64_t> limit_reputation() const { return whole(mdcloud_key_info_limit_reputation); }
    std::optional<std::int64_t> limit_sandbox() const { return whole(mdcloud_key_info_limit_sandbox); }
    std::optional<std::int64_t> limit_feed() const { return whole(mdcloud_key_info_limit_feed); }
    std::optional<std::int64_t> throttling_limit() const { return whole(mdcloud_key_info_throttling_limit); }
    /// In megabytes.
    std::optional<std::int64_t> max_upload_file_size() const {
        return whole(mdcloud_key_info_max_upload_file_size);
    }
    /// In megabytes.
    std::optional<std::int64_t> max_archive_file_size() const {
        return whole(mdcloud_key_info_max_archive_file_size);
    }
    std::optional<std::int64_t> max_archive_file_number() const {
        return whole(mdcloud_key_info_max_archive_file_number);
    }
    std::optional<std::int64_t> max_archive_file_depth() const {
        return whole(mdcloud_key_info_max_archive_file_depth);
    }
    std::optional<bool> enforce_private_scan() const { return copy<bool>(mdcloud_key_info_enforce_private_scan); }
};

/// Amounts per family: used, or left, as the operation says.
class Limits : public Document {
public:
    using Document::Document;

    /// By the service's name for the family, such as "reputation_api".
    std::optional<std::int64_t> amount(std::string_view family) const {
        return whole(mdcloud_limits_amount, detail::Text(family).c_str());
    }
    std::optional<std::int64_t> prevention_api() const { return whole(mdcloud_limits_prevention_api); }
    std::optional<std::int64_t> reputation_api() const { return whole(mdcloud_limits_reputation_api); }
    std::optional<std::int64_t> analysis_api() const { return whole(mdcloud_limits_analysis_api); }
    std::optional<std::int64_t> sandbox_api() const { return whole(mdcloud_limits_sandbox_api); }
    std::optional<std::int64_t> feed_api() const { return whole(mdcloud_limits_feed_api); }
    std::optional<std::int64_t> download_file() const { return whole(mdcloud_limits_download_file); }
    std::optional<std::int64_t> throttling_limit() const { return whole(mdcloud_limits_throttling_limit); }
};

namespace detail {

/// Makes a Result of what a C function gives; `rethrow` runs in between.
template <class T, class Call, class Rethrow> Result<T> run(Call call, Rethrow rethrow) {
    mdcloud_result *out = nullptr;
    mdcloud_error *err = nullptr;
    const mdcloud_status status = call(&out, &err);
    OwnedResult result(out);
    OwnedError error(err);
    rethrow();
    if (status == MDCLOUD_STATUS_OK) return T(result.release());
    return Error(std::shared_ptr<const mdcloud_error>(std::move(error)), status);
}

} // namespace detail

/// A client of the service. May be used from many threads at once, but moved by one alone.
class Client {
public:
    /// A client with these settings. Nothing is sent.
    static Result<Client> create(const Config &config = Config()) {
        mdcloud_client *client = nullptr;
        mdcloud_error *error = nullptr;
        const mdcloud_status status = mdcloud_client_new(config.get(), &client, &error);
        if (status == MDCLOUD_STATUS_OK) return Client(client);
        return Error(std::shared_ptr<const mdcloud_error>(detail::OwnedError(error)), status);
    }
#if MDCLOUD_EXCEPTIONS
    /// The same, or throws Error.
    explicit Client(const Config &config = Config()) : Client(create(config).value()) {}
#endif

    /// Ends all calls of this client with Status::Cancelled; later calls end at once.
    void close() const noexcept { (void)mdcloud_client_close(get()); }

    /// Asks for a known result by the file's hash, uploads where there is none, and waits for the end.
    Result<Report> file_scan(const Source &source, const Options &options = Options()) const {
        return with_source<Report>(mdcloud_client_file_scan, source, options);
    }
    /// Uploads a file; the scan goes on at the service.
    Result<Submission> file_submit(const Source &source, const Options &options = Options()) const {
        return with_source<Submission>(mdcloud_client_file_submit, source, options);
    }
    /// State of a scan, finished or not.
    Result<Report> file_report(std::string_view data_id, const Options &options = Options()) const {
        return with_text<Report>(mdcloud_client_file_report, data_id, options);
    }
    /// Waits for the end of a scan.
    Result<Report> file_wait(std::string_view data_id, const Options &options = Options()) const {
        return with_text<Report>(mdcloud_client_file_wait, data_id, options);
    }
    /// The latest public result for a hash: MD5, SHA-1 or SHA-256 in hexadecimal digits.
    Result<Report> hash_lookup(std::string_view hash, const Options &options = Options()) const {
        return with_text<Report>(mdcloud_client_hash_lookup, hash, options);
    }
    /// What the service knows of any number of hashes: whatever is a range of texts.
    template <class Range>
    Result<HashResults> hash_lookup_many(const Range &hashes, const Options &options = Options()) const {
        std::vector<std::string> texts;
        for (const auto &hash : hashes) {
            std::string_view text(hash);
            // What holds a NUL is no hash; its entry says so.
            texts.emplace_back(text.find('\0') == text.npos ? text : std::string_view());
        }
        std::vector<const char *> pointers;
        pointers.reserve(texts.size());
        for (const std::string &text : texts) pointers.push_back(text.c_str());
        return run<HashResults>(options, nullptr, [&](auto out, auto err) {
            return mdcloud_client_hash_lookup_many(get(), pointers.data(), pointers.size(), options.get(), out, err);
        });
    }
    Result<HashResults> hash_lookup_many(std::initializer_list<std::string_view> hashes,
                                         const Options &options = Options()) const {
        return hash_lookup_many<std::initializer_list<std::string_view>>(hashes, options);
    }
    /// What the key may do.
    Result<KeyInfo> apikey_info(const Options &options = Options()) const {
        return plain<KeyInfo>(mdcloud_client_apikey_info, options);
    }
    /// Amounts used in the current window, per family.
    Result<Limits> apikey_limits(const Options &options = Options()) const {
        return plain<Limits>(mdcloud_client_apikey_limits, options);
    }
    /// Amounts left in the current window, per family.
    Result<Limits> apikey_limits_left(const Options &options = Options()) const {
        return plain<Limits>(mdcloud_client_apikey_limits_left, options);
    }

    using Headers = std::vector<std::pair<std::string, std::string>>;

    /// Any request below the base URL: the way out for what is not named here.
    Result<Document> call(std::string_view method, std::string_view path, const Headers &headers = {},
                          std::optional<std::string_view> body = std::nullopt,
                          const Options &options = Options()) const {
        const detail::Text c_method(method), c_path(path);
        std::vector<detail::Text> texts;
        for (const auto &[name, value] : headers) {
            texts.emplace_back(name);
            texts.emplace_back(value);
        }
        std::vector<const char *> pointers;
        for (const detail::Text &text : texts) pointers.push_back(text.c_str());
        const void *data = !body ? nullptr : body->empty() ? "" : static_cast<const void *>(body->data());
        return run<Document>(options, nullptr, [&](auto out, auto err) {
            return mdcloud_client_call(get(), c_method.c_str(), c_path.c_str(), pointers.data(), headers.size(), data,
                                       body ? body->size() : 0, options.get(), out, err);
        });
    }
    /// What is known of the quota of this client's key. Asks nobody.
    Result<Document> quota() const {
        return detail::run<Document>([&](auto out, auto err) { return mdcloud_client_quota(get(), out, err); }, [] {});
    }

    const mdcloud_client *get() const noexcept { return client_.get(); }

private:
    explicit Client(mdcloud_client *client) : client_(client) {}

    template <class T, class Call>
    static Result<T> run(const Options &options, const Source *source, Call call) {
        return detail::run<T>(call, [&] {
            if (options.told_) options.told_->thrown.rethrow();
            if (source != nullptr && source->state_) source->state_->thrown.rethrow();
        });
    }
    template <class T, class Function>
    Result<T> with_source(Function function, const Source &source, const Options &options) const {
        return run<T>(options, &source, [&](auto out, auto err) {
            return function(get(), source.get(), options.get(), out, err);
        });
    }
    template <class T, class Function>
    Result<T> with_text(Function function, std::string_view argument, const Options &options) const {
        const detail::Text text(argument);
        return run<T>(options, nullptr, [&](auto out, auto err) {
            return function(get(), text.c_str(), options.get(), out, err);
        });
    }
    template <class T, class Function> Result<T> plain(Function function, const Options &options) const {
        return run<T>(options, nullptr, [&](auto out, auto err) { return function(get(), options.get(), out, err); });
    }
    detail::OwnedClient client_;
};

/// What is known of the quota of every key that this process has used.
inline Result<Document> quota() {
    return detail::run<Document>([](auto out, auto err) { return mdcloud_quota(out, err); }, [] {});
}

/// Which loaded object keeps the quota ledger of this process, for support.
inline Result<Document> tracker_info() {
    return detail::run<Document>([](auto out, auto err) { return mdcloud_tracker_info(out, err); }, [] {});
}

} // namespace mdcloud

#endif // MDCLOUD_HPP
