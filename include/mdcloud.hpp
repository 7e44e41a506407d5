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
#include "mdcloud/lists.hpp"
#include "mdcloud/results.hpp"
#include "mdcloud/views.hpp"

namespace mdcloud {

/// A client of the service. May be used from many threads at once, but moved by one alone.
class Client {
public:
    /// A client with these settings. Nothing is sent.
    static Result<Client> create(const Config &config = Config()) {
        mdcloud_client *client = nullptr;
        mdcloud_error *error = nullptr;
        const mdcloud_status status = mdcloud_client_new(config.get(), &client, &error);
        if (status == MDCLOUD_STATUS_OK) return Client(client);
        return detail::failure(error, status);
    }
#if MDCLOUD_EXCEPTIONS
    /// The same, or throws Error.
    explicit Client(const Config &config = Config()) : Client(create(config).value()) {}
#endif

    using Texts = std::initializer_list<std::string_view>;

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
    /// Scans any number of files, each as file_scan does: whatever is a range of sources. The outcomes come in the
    /// order in which they finished, and say which source each is of. A stream is read on a thread of the library.
    template <class Range>
    Result<ScanOutcomes> file_scan_many(const Range &sources, const Options &options = Options()) const {
        std::vector<const mdcloud_source *> pointers;
        for (const Source &source : sources) pointers.push_back(source.get());
        auto outcomes = run<ScanOutcomes>(options, nullptr, [&](auto out, auto err) {
            return mdcloud_client_file_scan_many(get(), pointers.data(), pointers.size(), options.get(), out, err);
        });
        for (const Source &source : sources)
            if (source.state_) source.state_->thrown.rethrow();
        return outcomes;
    }
    /// The files inside an archive and inside the archives in it, down to `depth` levels (0 for 16): a JSON list
    /// of entries with `depth`, `parent` and `file`. Depth 1, and again with a member's data_id, walks as far as
    /// you like.
    Result<Document> file_tree(std::string_view data_id, std::uint32_t depth = 0,
                               const Options &options = Options()) const {
        const detail::Text id(data_id);
        return run<Document>(options, nullptr, [&](auto out, auto err) {
            return mdcloud_client_file_tree(get(), id.c_str(), depth, options.get(), out, err);
        });
    }
    /// Uploads a file for sanitization, waits, and fetches the clean copy into the file `destination`.
    Result<Report> file_sanitize(const Source &source, std::string_view destination,
                                 const Options &options = Options()) const {
        const detail::Text path(destination);
        return run<Report>(options, &source, [&](auto out, auto err) {
            return mdcloud_client_file_sanitize(get(), source.get(), path.c_str(), options.get(), out, err);
        });
    }
    /// Link to a clean copy; good without a key for up to 24 hours, so do not log it.
    Result<std::string> sanitized_link(std::string_view data_id, const Options &options = Options()) const {
        return link(mdcloud_client_sanitized_link, data_id, options);
    }
    /// Legacy: the same by file_id.
    Result<std::string> sanitized_link_legacy(std::string_view file_id, const Options &options = Options()) const {
        return link(mdcloud_client_sanitized_link_legacy, file_id, options);
    }
    /// Fetches a clean copy into the file `destination`; gives its length in bytes.
    Result<std::uint64_t> sanitized_download(std::string_view data_id, std::string_view destination,
                                             const Options &options = Options()) const {
        std::uint64_t bytes = 0;
        mdcloud_error *error = nullptr;
        const mdcloud_status status =
            mdcloud_client_sanitized_download(get(), detail::Text(data_id).c_str(), detail::Text(destination).c_str(),
                                              options.get(), &bytes, &error);
        return ended<std::uint64_t>(options, status, error, bytes);
    }
    /// Removes a clean copy before its 24 hours are over. Paid keys only.
    Result<void> sanitized_delete(std::string_view data_id, const Options &options = Options()) const {
        mdcloud_error *error = nullptr;
        const mdcloud_status status =
            mdcloud_client_sanitized_delete(get(), detail::Text(data_id).c_str(), options.get(), &error);
        return ended<void>(options, status, error);
    }
    /// Legacy: scans a file again that the service has kept.
    Result<Submission> file_rescan(std::string_view file_id, const Options &options = Options()) const {
        return with_text<Submission>(mdcloud_client_file_rescan, file_id, options);
    }
    /// Legacy: the same for any number of files.
    template <class Range>
    Result<RescanResults> file_rescan_many(const Range &file_ids, const Options &options = Options()) const {
        return many<RescanResults>(mdcloud_client_file_rescan_many, file_ids, options);
    }
    Result<RescanResults> file_rescan_many(Texts file_ids, const Options &options = Options()) const {
        return many<RescanResults>(mdcloud_client_file_rescan_many, file_ids, options);
    }
    /// Scans a public source repository of "github", "gitlab" or "bitbucket"; `reference` is a branch or commit.
    Result<Submission> repo_submit(std::string_view source, std::string_view username, std::string_view repository,
                                   std::optional<std::string_view> reference = std::nullopt,
                                   const Options &options = Options()) const {
        return call<Submission>(options, mdcloud_client_repo_submit,
                                detail::Text(source).c_str(), detail::Text(username).c_str(),
                                detail::Text(repository).c_str(), detail::OptionalText(reference).c_str());
    }
    /// How the callback of one scan was delivered.
    Result<WebhookStatus> webhook_status(std::string_view data_id, const Options &options = Options()) const {
        return with_text<WebhookStatus>(mdcloud_client_webhook_status, data_id, options);
    }
    /// All deliveries of the last 12 hours.
    Result<WebhookStatuses> webhook_status_all(const Options &options = Options()) const {
        return plain<WebhookStatuses>(mdcloud_client_webhook_status_all, options);
    }
    /// The latest public result for a hash: MD5, SHA-1 or SHA-256 in hexadecimal digits.
    Result<Report> hash_lookup(std::string_view hash, const Options &options = Options()) const {
        return with_text<Report>(mdcloud_client_hash_lookup, hash, options);
    }
    /// What the service knows of any number of hashes: whatever is a range of texts.
    template <class Range>
    Result<HashResults> hash_lookup_many(const Range &hashes, const Options &options = Options()) const {
        return many<HashResults>(mdcloud_client_hash_lookup_many, hashes, options);
    }
    Result<HashResults> hash_lookup_many(Texts hashes, const Options &options = Options()) const {
        return many<HashResults>(mdcloud_client_hash_lookup_many, hashes, options);
    }
    /// Earlier scans of a file, oldest first.
    Result<ScanHistory> hash_history(std::string_view hash, std::uint32_t limit = 0, std::uint32_t offset = 0,
                                     const Options &options = Options()) const {
        return call<ScanHistory>(options, mdcloud_client_hash_history, detail::Text(hash).c_str(), limit, offset);
    }
    /// A picture for web pages: `size` is "small" or "medium", `kind` is "svg", "png" or "jpg".
    Result<Badge> hash_badge(std::string_view hash, std::optional<std::string_view> size = std::nullopt,
                             std::optional<std::string_view> kind = std::nullopt,
                             const Options &options = Options()) const {
        return call<Badge>(options, mdcloud_client_hash_badge,
                           detail::Text(hash).c_str(), detail::OptionalText(size).c_str(),
                           detail::OptionalText(kind).c_str());
    }
    /// The inside of a Windows executable.
    Result<PeInfo> hash_peinfo(std::string_view hash, const Options &options = Options()) const {
        return with_text<PeInfo>(mdcloud_client_hash_peinfo, hash, options);
    }
    /// Metadata of a document or picture.
    Result<Exif> hash_exif(std::string_view hash, const Options &options = Options()) const {
        return with_text<Exif>(mdcloud_client_hash_exif, hash, options);
    }
    /// Manifest of an Android package.
    Result<ApkManifest> hash_apk_manifest(std::string_view hash, const Options &options = Options()) const {
        return with_text<ApkManifest>(mdcloud_client_hash_apk_manifest, hash, options);
    }
    /// Products that a file belongs to.
    Result<AppInfo> hash_appinfo(std::string_view hash, const Options &options = Options()) const {
        return with_text<AppInfo>(mdcloud_client_hash_appinfo, hash, options);
    }
    /// Legacy: vulnerabilities of a file.
    Result<Document> hash_vulnerability(std::string_view hash, std::uint32_t limit = 0, std::uint32_t offset = 0,
                                        const Options &options = Options()) const {
        return call<Document>(options, mdcloud_client_hash_vulnerability, detail::Text(hash).c_str(), limit, offset);
    }
    /// Legacy: known vulnerabilities.
    Result<Document> cve_list(const Options &options = Options()) const {
        return plain<Document>(mdcloud_client_cve_list, options);
    }
    /// Legacy: one vulnerability, such as "CVE-2024-1234".
    Result<Document> cve_info(std::string_view cve, const Options &options = Options()) const {
        return with_text<Document>(mdcloud_client_cve_info, cve, options);
    }
    /// Legacy: products with a vulnerability.
    Result<Document> cve_products(std::string_view cve, const Options &options = Options()) const {
        return with_text<Document>(mdcloud_client_cve_products, cve, options);
    }
    /// Legacy: vendors with a vulnerability.
    Result<Document> cve_vendors(std::string_view cve, const Options &options = Options()) const {
        return with_text<Document>(mdcloud_client_cve_vendors, cve, options);
    }
    /// Legacy: hashes of files with a vulnerability.
    Result<Document> cve_hashes(std::string_view cve, const Options &options = Options()) const {
        return with_text<Document>(mdcloud_client_cve_hashes, cve, options);
    }
    /// What sources say of an IPv4 or IPv6 address.
    Result<Reputation> ip_lookup(std::string_view ip, const Options &options = Options()) const {
        return with_text<Reputation>(mdcloud_client_ip_lookup, ip, options);
    }
    /// The same for any number of addresses: one Reputation per input, in input order.
    template <class Range>
    Result<Reputations> ip_lookup_many(const Range &ips, const Options &options = Options()) const {
        return many<Reputations>(mdcloud_client_ip_lookup_many, ips, options);
    }
    Result<Reputations> ip_lookup_many(Texts ips, const Options &options = Options()) const {
        return many<Reputations>(mdcloud_client_ip_lookup_many, ips, options);
    }
    /// What sources say of a URL.
    Result<Reputation> url_lookup(std::string_view url, const Options &options = Options()) const {
        return with_text<Reputation>(mdcloud_client_url_lookup, url, options);
    }
    /// The same for any number of URLs: one Reputation per input, in input order.
    template <class Range>
    Result<Reputations> url_lookup_many(const Range &urls, const Options &options = Options()) const {
        return many<Reputations>(mdcloud_client_url_lookup_many, urls, options);
    }
    Result<Reputations> url_lookup_many(Texts urls, const Options &options = Options()) const {
        return many<Reputations>(mdcloud_client_url_lookup_many, urls, options);
    }
    /// What sources say of a domain.
    Result<Reputation> domain_lookup(std::string_view domain, const Options &options = Options()) const {
        return with_text<Reputation>(mdcloud_client_domain_lookup, domain, options);
    }
    /// The same for any number of domains: one Reputation per input, in input order.
    template <class Range>
    Result<Reputations> domain_lookup_many(const Range &domains, const Options &options = Options()) const {
        return many<Reputations>(mdcloud_client_domain_lookup_many, domains, options);
    }
    Result<Reputations> domain_lookup_many(Texts domains, const Options &options = Options()) const {
        return many<Reputations>(mdcloud_client_domain_lookup_many, domains, options);
    }
    /// Opens a URL in a sandbox.
    Result<SandboxSubmission> sandbox_submit_url(std::string_view url, const Options &options = Options()) const {
        return with_text<SandboxSubmission>(mdcloud_client_sandbox_submit_url, url, options);
    }
    /// Legacy: runs an uploaded file in a sandbox, such as "windows10".
    Result<SandboxSubmission> sandbox_submit_file(std::string_view data_id, std::string_view system,
                                                  const Options &options = Options()) const {
        return call<SandboxSubmission>(options, mdcloud_client_sandbox_submit_file,
                                       detail::Text(data_id).c_str(), detail::Text(system).c_str());
    }
    /// State of a sandbox run, finished or not.
    Result<SandboxReport> sandbox_report(std::string_view sandbox_id, const Options &options = Options()) const {
        return with_text<SandboxReport>(mdcloud_client_sandbox_report, sandbox_id, options);
    }
    /// Waits for the end of a sandbox run.
    Result<SandboxReport> sandbox_wait(std::string_view sandbox_id, const Options &options = Options()) const {
        return with_text<SandboxReport>(mdcloud_client_sandbox_wait, sandbox_id, options);
    }
    /// The last sandbox report of a file.
    Result<SandboxReport> hash_sandbox(std::string_view hash, const Options &options = Options()) const {
        return with_text<SandboxReport>(mdcloud_client_hash_sandbox, hash, options);
    }
    /// Hashes of files found infected, newest first; `date` as "2026-03-11", `category` as "E", pages from 1.
    Result<FeedPage> feed_infected(std::optional<std::string_view> date = std::nullopt,
                                   std::optional<std::string_view> category = std::nullopt, std::uint32_t page = 0,
                                   const Options &options = Options()) const {
        return call<FeedPage>(options, mdcloud_client_feed_infected,
                              detail::OptionalText(date).c_str(), detail::OptionalText(category).c_str(), page);
    }
    /// Hashes of files found clean.
    Result<FeedPage> feed_clean(std::optional<std::string_view> date = std::nullopt,
                                std::optional<std::string_view> category = std::nullopt, std::uint32_t page = 0,
                                const Options &options = Options()) const {
        return call<FeedPage>(options, mdcloud_client_feed_clean,
                              detail::OptionalText(date).c_str(), detail::OptionalText(category).c_str(), page);
    }
    /// Hashes for partners of the malware exchange.
    Result<FeedPage> feed_hashes(std::uint32_t page = 0, const Options &options = Options()) const {
        return call<FeedPage>(options, mdcloud_client_feed_hashes, page);
    }
    /// Possible false positives, of one engine or of all.
    Result<FeedPage> feed_false_positives(std::uint32_t page = 0, std::optional<std::string_view> engine = std::nullopt,
                                          const Options &options = Options()) const {
        return call<FeedPage>(options, mdcloud_client_feed_false_positives, page, detail::OptionalText(engine).c_str());
    }
    /// Legacy: the most frequent infected files; a `kind` of "csv", "bro" or "rss" stands in json() as it came.
    Result<FeedPage> feed_infected_top(std::optional<std::string_view> kind = std::nullopt, std::uint32_t page = 0,
                                       std::optional<std::string_view> category = std::nullopt,
                                       const Options &options = Options()) const {
        return call<FeedPage>(options, mdcloud_client_feed_infected_top,
                              detail::OptionalText(kind).c_str(), page, detail::OptionalText(category).c_str());
    }
    /// Link to a sample, for partners; good without a key for a short time, so do not log it.
    Result<std::string> sample_link(std::string_view hash, const Options &options = Options()) const {
        return link(mdcloud_client_sample_link, hash, options);
    }
    /// Files uploaded with this key, newest first.
    Result<ScanSummaries> apikey_scan_history(std::uint32_t limit = 0, std::uint32_t offset = 0,
                                              const Options &options = Options()) const {
        return call<ScanSummaries>(options, mdcloud_client_apikey_scan_history, limit, offset);
    }
    /// Version of the service.
    Result<Document> service_version(const Options &options = Options()) const {
        return plain<Document>(mdcloud_client_service_version, options);
    }
    /// Time of every engine's definitions, by the engine's name.
    Result<Document> engine_definitions(const Options &options = Options()) const {
        return plain<Document>(mdcloud_client_engine_definitions, options);
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
    /// Keeps an amount of an allowance for the calls whose options have the reservation. Sends nothing.
    Result<Reservation> reserve(std::string_view family, std::uint32_t amount,
                                const Options &options = Options()) const {
        mdcloud_reservation *kept = nullptr;
        mdcloud_error *error = nullptr;
        const mdcloud_status status =
            mdcloud_client_reserve(get(), detail::Text(family).c_str(), amount, options.get(), &kept, &error);
        if (status == MDCLOUD_STATUS_OK) return Reservation(kept);
        return detail::failure(error, status);
    }
    /// What scanning a range of sources would take of the quota. Sends nothing but what `allow` allows: flags of
    /// mdcloud_plan.
    template <class Range>
    Result<Plan> plan(const Range &sources, std::int32_t allow = MDCLOUD_PLAN_NOTHING,
                      const Options &options = Options()) const {
        std::vector<const mdcloud_source *> pointers;
        for (const Source &source : sources) pointers.push_back(source.get());
        auto plan = run<Plan>(options, nullptr, [&](auto out, auto err) {
            return mdcloud_client_plan(get(), pointers.data(), pointers.size(), allow, options.get(), out, err);
        });
        for (const Source &source : sources)
            if (source.state_) source.state_->thrown.rethrow();
        return plan;
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
    template <class T, class Function, class... Arguments>
    Result<T> call(const Options &options, Function function, Arguments... arguments) const {
        return run<T>(options, nullptr, [&](auto out, auto err) {
            return function(get(), arguments..., options.get(), out, err);
        });
    }
    template <class T, class Function, class Range>
    Result<T> many(Function function, const Range &range, const Options &options) const {
        std::vector<std::string> texts;
        for (const auto &one : range) {
            std::string_view text(one);
            // What holds a NUL is no input that will do; its entry says so.
            texts.emplace_back(text.find('\0') == text.npos ? text : std::string_view());
        }
        std::vector<const char *> pointers;
        pointers.reserve(texts.size());
        for (const std::string &text : texts) pointers.push_back(text.c_str());
        return call<T>(options, function, pointers.data(), pointers.size());
    }
    template <class Function>
    Result<std::string> link(Function function, std::string_view argument, const Options &options) const {
        const auto result = with_text<detail::Link>(function, argument, options);
        if (!result.ok()) return result.error();
        return result->link();
    }
    /// What a call gave that gives no mdcloud_result.
    template <class T, class... Value>
    static Result<T> ended(const Options &options, mdcloud_status status, mdcloud_error *error, Value... value) {
        const Error failed = detail::failure(error, status);
        if (options.told_) options.told_->thrown.rethrow();
        if (status != MDCLOUD_STATUS_OK) return failed;
        return Result<T>(value...);
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
