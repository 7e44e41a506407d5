// Part of mdcloud.hpp: statuses, errors, and Result. Include mdcloud.hpp, not this.
#ifndef MDCLOUD_BASE_HPP
#define MDCLOUD_BASE_HPP

#include "../mdcloud.h"

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

/// Bytes that belong to somebody else: what std::span<const std::byte> is in C++20, which can be made from it.
class Bytes {
public:
    using value_type = std::byte;

    constexpr Bytes() noexcept = default;
    Bytes(const void *data, std::size_t size) noexcept : data_(static_cast<const std::byte *>(data)), size_(size) {}

    const std::byte *data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    const std::byte *begin() const noexcept { return data_; }
    const std::byte *end() const noexcept { return data_ + size_; }
    /// The same as characters.
    std::string_view text() const noexcept { return {reinterpret_cast<const char *>(data_), size_}; }

private:
    const std::byte *data_ = nullptr;
    std::size_t size_ = 0;
};

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

/// A text that may be absent, which is NULL. One with a NUL inside must not count as absent: it becomes what is
/// refused.
class OptionalText {
public:
    explicit OptionalText(std::optional<std::string_view> text) : given_(text), text_(text.value_or("")) {}
    const char *c_str() const noexcept {
        const char *whole = text_.c_str();
        return !given_ ? nullptr : whole == nullptr ? "\xff" : whole;
    }

private:
    bool given_;
    Text text_;
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

/// Where a download goes.
template <class Write> struct Writer {
    Write write;
    Thrown thrown;

    static int take(void *data, const std::uint8_t *bytes, std::size_t size) noexcept {
        auto *self = static_cast<Writer *>(data);
        return self->thrown.guarded(1, [&] {
            if constexpr (std::is_void_v<std::invoke_result_t<Write &, Bytes>>) {
                self->write(Bytes(bytes, size));
                return 0;
            } else {
                return self->write(Bytes(bytes, size)) ? 0 : 1;
            }
        });
    }
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

/// What a call gave that gives nothing but success.
template <> class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    bool ok() const noexcept { return !error_; }
    explicit operator bool() const noexcept { return ok(); }
    Status status() const noexcept { return error().status(); }
    /// The error; one with Status::Ok where there is none.
    const Error &error() const noexcept {
        static const Error none;
        return error_ ? *error_ : none;
    }
    /// Nothing, or the error as an exception.
    void value() const {
        if (ok()) return;
#if MDCLOUD_EXCEPTIONS
        throw *error_;
#else
        std::abort();
#endif
    }

private:
    std::optional<Error> error_;
};

namespace detail {

/// The error of a call that failed.
inline Error failure(mdcloud_error *error, mdcloud_status status) {
    return Error(std::shared_ptr<const mdcloud_error>(OwnedError(error)), status);
}

/// Makes a Result of what a C function gives; `rethrow` runs in between.
template <class T, class Call, class Rethrow> Result<T> run(Call call, Rethrow rethrow) {
    mdcloud_result *out = nullptr;
    mdcloud_error *err = nullptr;
    const mdcloud_status status = call(&out, &err);
    OwnedResult result(out);
    OwnedError error(err);
    rethrow();
    if (status == MDCLOUD_STATUS_OK) return T(result.release());
    return failure(error.release(), status);
}

} // namespace detail

} // namespace mdcloud

#endif // MDCLOUD_BASE_HPP
