// Part of mdcloud.hpp: what the calls give. Include mdcloud.hpp, not this.
#ifndef MDCLOUD_RESULTS_HPP
#define MDCLOUD_RESULTS_HPP

#include "base.hpp"

namespace mdcloud {

/// An answer as it came: its JSON, and any value by its JSON pointer (RFC 6901). All results can do this.
class Document {
public:
    explicit Document(mdcloud_result *result)
        : result_(std::shared_ptr<mdcloud_result>(result, mdcloud_result_free)) {}

    /// Any JSON text.
    static Result<Document> parse(std::string_view json);

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

    /// The name of one member of the object; size() says how many there are.
    std::optional<std::string_view> member(std::string_view json_pointer, std::size_t index) const {
        return text(mdcloud_result_member, detail::Text(json_pointer).c_str(), index);
    }

    /// All typed fields by the names of this library, nested ones too, to be read by pointer: "/engines/0/name".
    /// Verdicts stand by name. What has no typed fields stands as it came. Texts that are read from the view live
    /// as long as the view.
    Document view() const;

    /// The same for C.
    const mdcloud_result *get() const noexcept { return result_.get(); }

protected:
    /// A result that belongs to another.
    Document(const Document &of, const mdcloud_result *part) : result_(of.result_, part) {}

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
    template <class Size, class Getter> std::vector<std::string_view> texts(Size counter, Getter getter) const {
        std::vector<std::string_view> all;
        for (std::size_t i = 0, end = count(counter); i < end; ++i) all.push_back(text(getter, i).value_or(""));
        return all;
    }
    template <class Element, class... Where> std::vector<Element> list(std::size_t size, Where... where) const {
        std::vector<Element> all;
        all.reserve(size);
        for (std::size_t i = 0; i < size; ++i) all.push_back(Element(*this, where..., i));
        return all;
    }

private:
    std::shared_ptr<const mdcloud_result> result_;
};

inline Result<Document> Document::parse(std::string_view json) {
    const auto call = [json](auto out, auto err) { return mdcloud_json_parse(json.data(), json.size(), out, err); };
    return detail::run<Document>(call, [] {});
}

inline Document Document::view() const {
    const Result<Document> parsed = parse(text(mdcloud_result_view).value_or("null"));
    return parsed.ok() ? *parsed : Document(nullptr);
}

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
    std::vector<std::string_view> blocked_reasons() const {
        return texts(mdcloud_report_process_info_blocked_reasons_size, mdcloud_report_process_info_blocked_reasons);
    }
    std::vector<std::string_view> verdicts() const {
        return texts(mdcloud_report_process_info_verdicts_size, mdcloud_report_process_info_verdicts);
    }
    std::optional<std::string_view> actions_ran() const { return text(mdcloud_report_process_info_actions_ran); }
    std::optional<std::string_view> actions_failed() const {
        return text(mdcloud_report_process_info_actions_failed);
    }
    std::optional<std::string_view> converted_to() const { return text(mdcloud_report_process_info_converted_to); }
    std::optional<std::string_view> converted_destination() const {
        return text(mdcloud_report_process_info_converted_destination);
    }

private:
    friend class Report;
    explicit ProcessInfo(const Document &of) : Document(of) {}
};

/// What the service knows of a file: the state of a scan, then its result. Fields as in mdcloud.h.
class Report : public Document {
public:
    using Document::Document;

    /// A report from bytes that the service sent earlier, for example the body of a webhook.
    static Result<Report> parse(std::string_view json) {
        const auto call = [json](auto out, auto err) {
            return mdcloud_report_parse(json.data(), json.size(), out, err);
        };
        return detail::run<Report>(call, [] {});
    }

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

private:
    friend class ScanOutcome;
    Report(const Document &of, const mdcloud_result *part) : Document(of, part) {}
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
    std::optional<std::int64_t> sandbox_error_code() const { return whole(mdcloud_submission_sandbox_error_code); }
    std::vector<std::string_view> sandbox_error_messages() const {
        return texts(mdcloud_submission_sandbox_error_messages_size, mdcloud_submission_sandbox_error_messages);
    }
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
    std::optional<std::string_view> sandbox_queue() const { return text(mdcloud_key_info_sandbox_queue); }
    std::optional<std::string_view> scan_with() const { return text(mdcloud_key_info_scan_with); }
    std::optional<std::int64_t> limit_prevention() const { return whole(mdcloud_key_info_limit_prevention); }
    std::optional<std::int64_t> limit_reputation() const { return whole(mdcloud_key_info_limit_reputation); }
    std::optional<std::int64_t> limit_sandbox() const { return whole(mdcloud_key_info_limit_sandbox); }
    std::optional<std::int64_t> limit_feed() const { return whole(mdcloud_key_info_limit_feed); }
    std::optional<std::int64_t> limit_analysis() const { return whole(mdcloud_key_info_limit_analysis); }
    std::optional<std::int64_t> limit_threat_intel_search() const {
        return whole(mdcloud_key_info_limit_threat_intel_search);
    }
    std::optional<std::int64_t> max_file_download() const { return whole(mdcloud_key_info_max_file_download); }
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
    std::optional<bool> is_enterprise() const { return copy<bool>(mdcloud_key_info_is_enterprise); }
    std::optional<bool> mtls_only() const { return copy<bool>(mdcloud_key_info_mtls_only); }
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

} // namespace mdcloud

#endif // MDCLOUD_RESULTS_HPP
