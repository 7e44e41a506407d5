// Part of mdcloud.hpp: results that are read through their view. Include mdcloud.hpp, not this.
#ifndef MDCLOUD_VIEWS_HPP
#define MDCLOUD_VIEWS_HPP

#include "results.hpp"

namespace mdcloud {

namespace detail {

/// Part of a view: the fields below one place.
class Part {
public:
    Part(Document view, std::string place) : view_(std::move(view)), place_(std::move(place)) {}

    std::optional<std::string_view> text(const char *name) const { return view_.string(at(name)); }
    std::optional<std::int64_t> whole(const char *name) const { return view_.integer(at(name)); }
    std::optional<double> real(const char *name) const { return view_.number(at(name)); }
    std::optional<bool> flag(const char *name) const { return view_.boolean(at(name)); }
    Verdict found(const char *name) const {
        const auto word = text(name);
        for (std::int32_t number = MDCLOUD_VERDICT_UNKNOWN; word && number <= MDCLOUD_VERDICT_PENDING; ++number)
            if (*word == mdcloud_verdict_name(number)) return static_cast<Verdict>(number);
        return Verdict::Unknown;
    }
    std::vector<std::string_view> texts(const char *name) const {
        std::vector<std::string_view> all;
        for (std::size_t i = 0; i < size(name); ++i)
            all.push_back(view_.string(at(name) + "/" + std::to_string(i)).value_or(""));
        return all;
    }
    template <class T> std::vector<T> list(const char *name) const {
        std::vector<T> all;
        const std::size_t end = size(name);
        for (std::size_t i = 0; i < end; ++i) all.push_back(T(view_, at(name) + "/" + std::to_string(i)));
        return all;
    }

private:
    std::size_t size(const char *name) const { return view_.size(at(name)).value_or(0); }
    std::string at(const char *name) const { return place_ + "/" + name; }
    Document view_;
    std::string place_;
};

/// A result whose fields are read through its view.
class Viewed : public Document {
public:
    explicit Viewed(mdcloud_result *result) : Document(result), fields_(view(), "") {}

protected:
    Part fields_;
};

/// A link that a call gives.
class Link : public Document {
public:
    using Document::Document;
    std::string link() const { return std::string(text(mdcloud_link_text).value_or("")); }
};

} // namespace detail

/// One uploaded file, in short.
class ScanSummary : private detail::Part {
public:
    using Part::Part;
    std::optional<std::string_view> data_id() const { return text("data_id"); }
    /// Name of the file as it was given. Never use it as a path.
    std::optional<std::string_view> display_name() const { return text("display_name"); }
    std::optional<std::string_view> md5() const { return text("md5"); }
    std::optional<std::string_view> sha1() const { return text("sha1"); }
    std::optional<std::string_view> sha256() const { return text("sha256"); }
    std::optional<std::string_view> file_type_extension() const { return text("file_type_extension"); }
    std::optional<std::int64_t> result_code() const { return whole("result_code"); }
    std::optional<std::string_view> start_time() const { return text("start_time"); }
    std::optional<std::int64_t> total_engines() const { return whole("total_engines"); }
    std::optional<std::int64_t> detected_engines() const { return whole("detected_engines"); }
    std::optional<std::string_view> sanitized_result() const { return text("sanitized_result"); }
    std::optional<std::string_view> scan_with() const { return text("scan_with"); }
    Verdict verdict() const { return found("verdict"); }
};

/// Files uploaded with a key, newest first.
class ScanSummaries : public detail::Viewed {
public:
    using Viewed::Viewed;
    std::vector<ScanSummary> entries() const { return fields_.list<ScanSummary>("entries"); }
};

/// One earlier scan of a file.
class PastScan : private detail::Part {
public:
    using Part::Part;
    std::optional<std::string_view> data_id() const { return text("data_id"); }
    std::optional<std::int64_t> result_code() const { return whole("result_code"); }
    std::optional<std::string_view> start_time() const { return text("start_time"); }
    std::optional<std::int64_t> total_engines() const { return whole("total_engines"); }
    std::optional<std::int64_t> detected_engines() const { return whole("detected_engines"); }
    /// How long it took, in milliseconds.
    std::optional<std::int64_t> total_time() const { return whole("total_time"); }
    Verdict verdict() const { return found("verdict"); }
};

/// Earlier scans of a file, oldest first.
class ScanHistory : public detail::Viewed {
public:
    using Viewed::Viewed;
    std::optional<std::string_view> md5() const { return fields_.text("md5"); }
    std::optional<std::string_view> sha1() const { return fields_.text("sha1"); }
    std::optional<std::string_view> sha256() const { return fields_.text("sha256"); }
    std::vector<PastScan> entries() const { return fields_.list<PastScan>("entries"); }
};

/// One file of a plan.
class PlannedFile : private detail::Part {
public:
    using Part::Part;
    /// Its place among the sources, from 0.
    std::optional<std::int64_t> index() const { return whole("index"); }
    std::optional<std::string_view> name() const { return text("name"); }
    std::optional<std::int64_t> size() const { return whole("size"); }
    std::optional<std::string_view> sha256() const { return text("sha256"); }
    /// The place of an earlier source with the same content.
    std::optional<std::int64_t> duplicate_of() const { return whole("duplicate_of"); }
    std::optional<bool> is_known() const { return flag("is_known"); }
    std::optional<std::int64_t> result_code() const { return whole("result_code"); }
    std::optional<bool> fits_now() const { return flag("fits_now"); }
    /// Why it cannot be scanned.
    std::optional<std::string_view> problem() const { return text("problem"); }
    Verdict verdict() const { return found("verdict"); }
};

/// What scanning a set of files would take of the quota. What depends on something unknown is absent.
class Plan : public detail::Viewed {
public:
    using Viewed::Viewed;
    std::vector<PlannedFile> files() const { return fields_.list<PlannedFile>("files"); }
    std::optional<std::int64_t> distinct() const { return fields_.whole("distinct"); }
    std::optional<std::int64_t> bytes() const { return fields_.whole("bytes"); }
    std::optional<std::int64_t> known() const { return fields_.whole("known"); }
    std::optional<std::int64_t> uploads() const { return fields_.whole("uploads"); }
    /// Lookups that scanning would make first, each of which may save an upload.
    std::optional<std::int64_t> lookups() const { return fields_.whole("lookups"); }
    std::optional<std::int64_t> uploads_now() const { return fields_.whole("uploads_now"); }
    std::optional<std::int64_t> uploads_after_reset() const { return fields_.whole("uploads_after_reset"); }
    std::optional<std::int64_t> uploads_later() const { return fields_.whole("uploads_later"); }
    /// In seconds.
    std::optional<double> resets_in() const { return fields_.real("resets_in"); }
    std::optional<std::int64_t> lookups_now() const { return fields_.whole("lookups_now"); }
    /// In seconds.
    std::optional<double> lookups_reset_in() const { return fields_.real("lookups_reset_in"); }
    std::optional<double> throttle_seconds() const { return fields_.real("throttle_seconds"); }
};

/// One file of a feed.
class FeedEntry : private detail::Part {
public:
    using Part::Part;
    std::optional<std::string_view> data_id() const { return text("data_id"); }
    std::optional<std::string_view> md5() const { return text("md5"); }
    std::optional<std::string_view> sha1() const { return text("sha1"); }
    std::optional<std::string_view> sha256() const { return text("sha256"); }
    std::optional<std::string_view> threat_name() const { return text("threat_name"); }
    std::optional<std::string_view> start_time() const { return text("start_time"); }
    std::optional<std::int64_t> total_engines() const { return whole("total_engines"); }
    std::optional<std::int64_t> detected_engines() const { return whole("detected_engines"); }
    std::optional<std::int64_t> result_code() const { return whole("result_code"); }
    std::optional<std::string_view> file_type_extension() const { return text("file_type_extension"); }
    std::optional<std::string_view> file_type_category() const { return text("file_type_category"); }
    /// Names of the engines that found a threat; partner feeds only.
    std::vector<std::string_view> detected_by() const { return texts("detected_by"); }
    /// Place in the list of the most frequent; legacy feed only.
    std::optional<std::int64_t> rank() const { return whole("rank"); }
    /// Link to the sample; partner feeds only.
    std::optional<std::string_view> download_link() const { return text("download_link"); }
    std::optional<std::string_view> page_link() const { return text("page_link"); }
};

/// One page of a feed, at most 1,000 entries.
class FeedPage : public detail::Viewed {
public:
    using Viewed::Viewed;
    std::optional<std::string_view> from_time() const { return fields_.text("from_time"); }
    std::optional<std::string_view> to_time() const { return fields_.text("to_time"); }
    std::optional<std::int64_t> length() const { return fields_.whole("length"); }
    std::vector<FeedEntry> entries() const { return fields_.list<FeedEntry>("entries"); }
};

/// One section of an executable.
class PeSection : private detail::Part {
public:
    using Part::Part;
    std::optional<std::string_view> name() const { return text("name"); }
    /// MD5 of its bytes.
    std::optional<std::string_view> md5() const { return text("md5"); }
    /// Entropy in bits per byte, 0 to 8.
    std::optional<double> entropy() const { return real("entropy"); }
    std::optional<std::string_view> virtual_address() const { return text("virtual_address"); }
    /// Size in memory in bytes.
    std::optional<std::int64_t> virtual_size() const { return whole("virtual_size"); }
    /// Size in the file in bytes.
    std::optional<std::int64_t> raw_size() const { return whole("raw_size"); }
    std::vector<std::string_view> characteristics() const { return texts("characteristics"); }
};

/// One library that an executable needs.
class PeImport : private detail::Part {
public:
    using Part::Part;
    std::optional<std::string_view> name() const { return text("name"); }
    std::vector<std::string_view> functions() const { return texts("functions"); }
};

/// The inside of a Windows executable. Addresses are texts, as the service writes them.
class PeInfo : public detail::Viewed {
public:
    using Viewed::Viewed;
    std::optional<std::string_view> imphash() const { return fields_.text("imphash"); }
    std::optional<std::string_view> pehash() const { return fields_.text("pehash"); }
    std::optional<std::string_view> machine_type() const { return fields_.text("machine_type"); }
    std::optional<std::string_view> compilation_time() const { return fields_.text("compilation_time"); }
    std::optional<std::string_view> pe_type() const { return fields_.text("pe_type"); }
    std::optional<std::string_view> entry_point() const { return fields_.text("entry_point"); }
    std::optional<std::string_view> subsystem() const { return fields_.text("subsystem"); }
    /// Size in memory in bytes.
    std::optional<std::int64_t> image_size() const { return fields_.whole("image_size"); }
    std::optional<std::string_view> company_name() const { return fields_.text("company_name"); }
    std::optional<std::string_view> product_name() const { return fields_.text("product_name"); }
    std::optional<std::string_view> product_version() const { return fields_.text("product_version"); }
    std::optional<std::string_view> file_description() const { return fields_.text("file_description"); }
    std::optional<std::string_view> original_filename() const { return fields_.text("original_filename"); }
    std::vector<PeSection> sections() const { return fields_.list<PeSection>("sections"); }
    std::vector<PeImport> imports() const { return fields_.list<PeImport>("imports"); }
    std::vector<std::string_view> exports() const { return fields_.texts("exports"); }
};

/// Metadata of a document or picture: a few tags by name, all of them in the document.
class Exif : public detail::Viewed {
public:
    using Viewed::Viewed;
    std::optional<std::string_view> mime_type() const { return fields_.text("mime_type"); }
    std::optional<std::string_view> file_type() const { return fields_.text("file_type"); }
    std::optional<std::int64_t> image_width() const { return fields_.whole("image_width"); }
    std::optional<std::int64_t> image_height() const { return fields_.whole("image_height"); }
    std::optional<std::string_view> title() const { return fields_.text("title"); }
    std::optional<std::string_view> author() const { return fields_.text("author"); }
    std::optional<std::string_view> software() const { return fields_.text("software"); }
    std::optional<std::string_view> create_date() const { return fields_.text("create_date"); }
    std::optional<std::string_view> modify_date() const { return fields_.text("modify_date"); }
};

/// One permission of an Android package.
class ApkPermission : private detail::Part {
public:
    using Part::Part;
    std::optional<std::string_view> name() const { return text("name"); }
};

/// Manifest of an Android package.
class ApkManifest : public detail::Viewed {
public:
    using Viewed::Viewed;
    std::optional<std::string_view> package() const { return fields_.text("package"); }
    std::optional<std::string_view> version_name() const { return fields_.text("version_name"); }
    std::optional<std::int64_t> version_code() const { return fields_.whole("version_code"); }
    std::optional<std::int64_t> min_sdk() const { return fields_.whole("min_sdk"); }
    std::optional<std::int64_t> target_sdk() const { return fields_.whole("target_sdk"); }
    std::vector<ApkPermission> uses_permissions() const { return fields_.list<ApkPermission>("uses_permissions"); }
    std::optional<std::string_view> label() const { return fields_.text("label"); }
    /// Whether it may be debugged.
    std::optional<bool> is_debuggable() const { return fields_.flag("is_debuggable"); }
};

/// One product that a file belongs to.
class AppEntry : private detail::Part {
public:
    using Part::Part;
    std::optional<std::string_view> product_name() const { return text("product_name"); }
    std::optional<std::string_view> product_version() const { return text("product_version"); }
    std::optional<std::string_view> vendor_name() const { return text("vendor_name"); }
    std::optional<std::string_view> os_name() const { return text("os_name"); }
    std::optional<std::string_view> file_name() const { return text("file_name"); }
    /// Size of the file in bytes.
    std::optional<std::int64_t> file_size() const { return whole("file_size"); }
    std::optional<std::string_view> category() const { return text("category"); }
};

/// Products that a file belongs to.
class AppInfo : public detail::Viewed {
public:
    using Viewed::Viewed;
    std::vector<AppEntry> entries() const { return fields_.list<AppEntry>("entries"); }
};

/// What the service says to a sandbox submission: the handle to wait with.
class SandboxSubmission : public detail::Viewed {
public:
    using Viewed::Viewed;
    /// Handle of the run; `sandbox_wait` and `sandbox_report` take it.
    std::optional<std::string_view> sandbox_id() const { return fields_.text("sandbox_id"); }
    std::optional<std::string_view> data_id() const { return fields_.text("data_id"); }
    std::optional<std::string_view> status() const { return fields_.text("status"); }
    std::optional<std::int64_t> in_queue() const { return fields_.whole("in_queue"); }
    std::optional<std::string_view> queue_priority() const { return fields_.text("queue_priority"); }
};

/// State of a sandbox run, then its result.
class SandboxReport : public detail::Viewed {
public:
    using Viewed::Viewed;
    /// Handle of the run.
    std::optional<std::string_view> sandbox_id() const { return fields_.text("sandbox_id"); }
    std::optional<std::string_view> data_id() const { return fields_.text("data_id"); }
    std::optional<std::string_view> md5() const { return fields_.text("md5"); }
    std::optional<std::string_view> sha1() const { return fields_.text("sha1"); }
    std::optional<std::string_view> sha256() const { return fields_.text("sha256"); }
    std::optional<std::string_view> verdict() const { return fields_.text("verdict"); }
    /// How grave it is, 0 to 1.
    std::optional<double> threat_level() const { return fields_.real("threat_level"); }
    /// How sure the sandbox is, 0 to 1.
    std::optional<double> confidence() const { return fields_.real("confidence"); }
    /// Whether the service would block the file.
    std::optional<bool> is_blocked() const { return fields_.flag("is_blocked"); }
    std::optional<std::int64_t> result_code() const { return fields_.whole("result_code"); }
    /// Link to the stored report. Whoever has it can read the report: do not log it.
    std::optional<std::string_view> store_link() const { return fields_.text("store_link"); }
    /// Link to the full report as JSON. Whoever has it can read the report: do not log it.
    std::optional<std::string_view> json_link() const { return fields_.text("json_link"); }
    /// Link to the full report as PDF. Whoever has it can read the report: do not log it.
    std::optional<std::string_view> pdf_link() const { return fields_.text("pdf_link"); }
    /// Link to the full report as HTML. Whoever has it can read the report: do not log it.
    std::optional<std::string_view> html_link() const { return fields_.text("html_link"); }
    /// Whether the run is through and there is a result.
    bool is_finished() const { return fields_.flag("is_finished").value_or(false); }
};

/// A picture that shows what is known of a file.
class Badge : public Document {
public:
    using Document::Document;

    /// The bytes of the picture.
    std::string_view data() const {
        const void *data = nullptr;
        std::size_t length = 0;
        if (mdcloud_badge_data(get(), &data, &length) != MDCLOUD_STATUS_OK) return {};
        return {static_cast<const char *>(data), length};
    }
    /// Such as "image/svg+xml".
    std::optional<std::string_view> media_type() const { return text(mdcloud_badge_media_type); }
};

} // namespace mdcloud

#endif // MDCLOUD_VIEWS_HPP
