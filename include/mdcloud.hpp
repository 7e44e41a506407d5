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

#include "mdcloud/base.hpp"
#include "mdcloud/inputs.hpp"
#include "mdcloud/results.hpp"

namespace mdcloud {

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
