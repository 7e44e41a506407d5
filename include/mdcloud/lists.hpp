// Part of mdcloud.hpp: results that come in lists. Include mdcloud.hpp, not this.
#ifndef MDCLOUD_LISTS_HPP
#define MDCLOUD_LISTS_HPP

#include "results.hpp"

namespace mdcloud {

/// A list of results.
template <class T> class List : public Document {
public:
    explicit List(mdcloud_result *result) : Document(result), all_(list<T>(count(T::counter))) {}

    using Document::size;
    std::size_t size() const noexcept { return all_.size(); }
    bool empty() const noexcept { return all_.empty(); }
    const T &operator[](std::size_t index) const { return all_[index]; }
    auto begin() const noexcept { return all_.begin(); }
    auto end() const noexcept { return all_.end(); }

private:
    std::vector<T> all_;
};

namespace detail {

/// What stands in a list.
class Entry : protected Document {
protected:
    using Document::Document;
    explicit Entry(const Document &of) : Document(of) {}

    template <class Getter> std::optional<Error> why(Getter getter, std::size_t index) const {
        const mdcloud_error *error = nullptr;
        if (getter(get(), index, &error) != MDCLOUD_STATUS_OK) return std::nullopt;
        // The error belongs to the list: as long as it is in use, so is the list.
        auto list = std::make_shared<Document>(static_cast<const Document &>(*this));
        return Error(std::shared_ptr<const mdcloud_error>(list, error), mdcloud_error_status(error));
    }
};

} // namespace detail

/// What the service knows of one of many hashes.
class HashResult : private detail::Entry {
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
    std::optional<Error> error() const { return why(mdcloud_hash_result_error, index_); }
    /// The entry as the service sent it.
    std::string_view json() const { return text(mdcloud_hash_result_json, index_).value_or(""); }

private:
    friend class Document;
    friend class List<HashResult>;
    static constexpr auto counter = mdcloud_hash_result_size;
    HashResult(const Document &of, std::size_t i) : Entry(of), index_(i) {}
    std::size_t index_;
};

/// One HashResult per input, in input order.
using HashResults = List<HashResult>;

/// What became of one file of a bulk rescan.
class RescanResult : private detail::Entry {
public:
    /// As it was given.
    std::optional<std::string_view> file_id() const { return text(mdcloud_rescan_result_file_id, index_); }
    /// Handle of the new scan.
    std::optional<std::string_view> data_id() const { return text(mdcloud_rescan_result_data_id, index_); }
    std::optional<std::int64_t> in_queue() const { return whole(mdcloud_rescan_result_in_queue, index_); }
    std::optional<std::string_view> queue_priority() const {
        return text(mdcloud_rescan_result_queue_priority, index_);
    }
    /// Why this file was not taken.
    std::optional<Error> error() const { return why(mdcloud_rescan_result_error, index_); }
    /// The entry as the service sent it.
    std::string_view json() const { return text(mdcloud_rescan_result_json, index_).value_or(""); }

private:
    friend class Document;
    friend class List<RescanResult>;
    static constexpr auto counter = mdcloud_rescan_result_size;
    RescanResult(const Document &of, std::size_t i) : Entry(of), index_(i) {}
    std::size_t index_;
};

/// One RescanResult per input, in input order.
using RescanResults = List<RescanResult>;

/// How the delivery of a finished result to its callback went.
class WebhookStatus : private detail::Entry {
public:
    /// From a call that gives one alone.
    explicit WebhookStatus(mdcloud_result *result) : Entry(result), index_(0) {}

    /// Where the service posted to.
    std::optional<std::string_view> url() const { return text(mdcloud_webhook_status_url, index_); }
    /// The HTTP status that the receiver answered, or the service's code for why there was none.
    std::optional<std::int64_t> status_code() const { return whole(mdcloud_webhook_status_status_code, index_); }
    std::optional<std::string_view> data_id() const { return text(mdcloud_webhook_status_data_id, index_); }
    std::optional<std::string_view> request_time() const {
        return text(mdcloud_webhook_status_request_time, index_);
    }
    /// Whether the receiver took it.
    bool is_delivered() const { return flag(mdcloud_webhook_status_is_delivered, index_); }
    /// As the service sent it.
    std::string_view json() const { return text(mdcloud_webhook_status_json, index_).value_or(""); }

private:
    friend class Document;
    friend class List<WebhookStatus>;
    static constexpr auto counter = mdcloud_webhook_status_size;
    WebhookStatus(const Document &of, std::size_t i) : Entry(of), index_(i) {}
    std::size_t index_;
};

using WebhookStatuses = List<WebhookStatus>;

/// What one source says of an address.
class ReputationSource : private Document {
public:
    std::optional<std::string_view> provider() const { return text(mdcloud_reputation_sources_provider, of_, index_); }
    /// Absent where the source knows nothing.
    std::optional<std::string_view> assessment() const {
        return text(mdcloud_reputation_sources_assessment, of_, index_);
    }
    std::optional<std::string_view> detect_time() const {
        return text(mdcloud_reputation_sources_detect_time, of_, index_);
    }
    std::optional<std::string_view> update_time() const {
        return text(mdcloud_reputation_sources_update_time, of_, index_);
    }
    /// 0 knows nothing, 1 lists it; others occur.
    std::optional<std::int64_t> status() const { return whole(mdcloud_reputation_sources_status, of_, index_); }

private:
    friend class Document;
    ReputationSource(const Document &of, std::size_t entry, std::size_t i) : Document(of), of_(entry), index_(i) {}
    std::size_t of_, index_;
};

/// Where an address is. Any part may be missing.
class GeoInfo : private Document {
public:
    std::optional<std::string_view> continent_code() const {
        return text(mdcloud_reputation_geo_continent_code, index_);
    }
    std::optional<std::string_view> continent() const { return text(mdcloud_reputation_geo_continent, index_); }
    std::optional<std::string_view> country_code() const { return text(mdcloud_reputation_geo_country_code, index_); }
    std::optional<std::string_view> country() const { return text(mdcloud_reputation_geo_country, index_); }
    std::optional<std::string_view> city() const { return text(mdcloud_reputation_geo_city, index_); }
    /// Degrees north.
    std::optional<double> latitude() const { return copy<double>(mdcloud_reputation_geo_latitude, index_); }
    /// Degrees east.
    std::optional<double> longitude() const { return copy<double>(mdcloud_reputation_geo_longitude, index_); }
    std::optional<std::string_view> registered_country_code() const {
        return text(mdcloud_reputation_geo_registered_country_code, index_);
    }
    std::optional<std::string_view> subdivision() const { return text(mdcloud_reputation_geo_subdivision, index_); }

private:
    friend class Reputation;
    GeoInfo(const Document &of, std::size_t i) : Document(of), index_(i) {}
    std::size_t index_;
};

/// What sources say of an address, a URL or a domain.
class Reputation : private detail::Entry {
public:
    /// From a call that gives one alone.
    explicit Reputation(mdcloud_result *result) : Entry(result), index_(0) {}

    /// What was asked for.
    std::optional<std::string_view> address() const { return text(mdcloud_reputation_address, index_); }
    /// Whether at least one source lists it.
    bool is_listed() const { return flag(mdcloud_reputation_is_listed, index_); }
    std::optional<std::int64_t> detected_by() const { return whole(mdcloud_reputation_detected_by, index_); }
    std::optional<std::string_view> start_time() const { return text(mdcloud_reputation_start_time, index_); }
    std::vector<ReputationSource> sources() const {
        return list<ReputationSource>(count(mdcloud_reputation_sources_size, index_), index_);
    }
    /// Absent for URLs and domains.
    std::optional<GeoInfo> geo() const {
        return flag(mdcloud_reputation_geo, index_) ? std::optional<GeoInfo>(GeoInfo(*this, index_)) : std::nullopt;
    }
    /// Why this entry has no answer.
    std::optional<Error> error() const { return why(mdcloud_reputation_error, index_); }
    /// As the service sent it.
    std::string_view json() const { return text(mdcloud_reputation_json, index_).value_or(""); }

private:
    friend class Document;
    friend class List<Reputation>;
    static constexpr auto counter = mdcloud_reputation_size;
    Reputation(const Document &of, std::size_t i) : Entry(of), index_(i) {}
    std::size_t index_;
};

/// One Reputation per input, in input order.
using Reputations = List<Reputation>;

/// What became of one of many files.
class ScanOutcome : private detail::Entry {
public:
    /// Which of the sources it is of, from 0.
    std::size_t index() const { return count(mdcloud_scan_outcome_index, at_); }
    /// Absent where the scan failed.
    std::optional<Report> report() const {
        const auto part = copy<const mdcloud_result *>(mdcloud_scan_outcome_report, at_);
        return part ? std::optional<Report>(Report(*this, *part)) : std::nullopt;
    }
    /// Why there is no report.
    std::optional<Error> error() const { return why(mdcloud_scan_outcome_error, at_); }

private:
    friend class Document;
    friend class List<ScanOutcome>;
    static constexpr auto counter = mdcloud_scan_outcome_size;
    ScanOutcome(const Document &of, std::size_t i) : Entry(of), at_(i) {}
    std::size_t at_;
};

/// One ScanOutcome per source, in the order in which they finished.
using ScanOutcomes = List<ScanOutcome>;

} // namespace mdcloud

#endif // MDCLOUD_LISTS_HPP
