// Every operation once through mdcloud.hpp, against an emulator of a paid key. Built with exceptions and without.
#include <mdcloud.hpp>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "check.h"

#include <cstdio>
#include <string>

using mdcloud::Source;
using mdcloud::Status;
using mdcloud::Verdict;

static const char HASH[] = "44d88612fea8a8f36de82e1278abb02f";
static const char FILE_ID[] = "bzI2MDMxMUxaNVNtVlJRUg";
static const std::string EICAR = std::string(R"(X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-)") + "ANTIVIRUS-TEST-FILE!$H+H*";

/// Whether the call went well; says why not.
template <class T> static bool well(const mdcloud::Result<T> &result) {
    if (!result.ok()) std::printf("        %s\n", result.error().what());
    return result.ok();
}

static void files(const mdcloud::Client &client) {
    if (!CHECK(well(client.file_scan(Source::bytes(EICAR))))) return;
    mdcloud::Options options;
    options.set_callback_url(std::getenv("MDCLOUD_TEST_CALLBACK"));
    const auto submission = client.file_submit(Source::bytes(EICAR), options);
    const std::string data_id(submission->data_id().value());
    // The service notes the delivery a moment after the receiver has answered.
    for (int i = 0; i < 200 && !client.webhook_status(data_id).ok(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const auto status = client.webhook_status(data_id);
    CHECK(well(status) && status->is_delivered() && status->url() && status->json().front() == '{');
    const auto all = client.webhook_status_all();
    CHECK(well(all) && !all->empty() && (*all)[0].data_id() && all->view().size("/entries") == all->size());
    CHECK(client.repo_submit("github", "example", "project")->in_queue().has_value());
    CHECK(client.repo_submit("github", "example", "project", std::string_view("a\0b", 3)).status() == Status::InvalidArgument);
    CHECK(client.file_rescan(FILE_ID)->data_id().has_value());
    const auto rescans = client.file_rescan_many({FILE_ID, "../x"});
    CHECK(well(rescans) && rescans->size() == 2 && (*rescans)[0].data_id() && !(*rescans)[0].error());
    CHECK((*rescans)[1].error()->status() == Status::InvalidArgument && (*rescans)[1].file_id() == "../x");
    CHECK(client.sandbox_submit_file(data_id, "windows10")->sandbox_id().has_value());
    const auto history = client.apikey_scan_history(10);
    CHECK(well(history) && history->entries().at(0).data_id() == data_id);
}

static void clean_copies(const mdcloud::Client &client) {
    const auto tree = client.file_tree(client.file_submit(Source::bytes("no archive")).value().data_id().value());
    CHECK(tree.ok() && tree.value().json() == "[]");
    const auto report = client.file_sanitize(Source::bytes("a plain text"), "clean-cpp.txt");
    if (!CHECK(well(report))) return;
    CHECK(report->sanitized()->result() == "Allowed");
    const auto bytes = client.sanitized_download(*report->data_id(), "clean-cpp.txt");
    CHECK(well(bytes) && *bytes > 0);
    std::remove("clean-cpp.txt");
    CHECK(client.sanitized_download("../x", "clean-cpp.txt").status() == Status::InvalidArgument);
    const mdcloud::Result<std::string> link = client.sanitized_link(*report->data_id());
    CHECK(well(link) && link->rfind("http", 0) == 0);
    const auto gone = client.sanitized_delete(*report->data_id());
    CHECK(gone.ok() && gone && gone.status() == Status::Ok);
    gone.value();
    CHECK(client.sanitized_link(*report->data_id()).status() == Status::NotFound);
    CHECK(client.sanitized_delete("../x").status() == Status::InvalidArgument);
    CHECK(well(client.sanitized_link_legacy(FILE_ID)) && well(client.sample_link(HASH)));
}

static void what_is_known_of_a_hash(const mdcloud::Client &client) {
    const auto history = client.hash_history(HASH);
    CHECK(well(history) && history->entries().at(0).verdict() == Verdict::Infected);
    const auto badge = client.hash_badge(HASH, "medium", "svg");
    CHECK(well(badge) && badge->data().size() > 10 && badge->media_type()->substr(0, 9) == "image/svg");
    CHECK(well(client.hash_badge(HASH)) && client.hash_badge(HASH, "huge").status() == Status::InvalidArgument);
    const auto peinfo = client.hash_peinfo(HASH);
    CHECK(well(peinfo) && peinfo->sections().at(0).name() && peinfo->json().front() == '{');
    CHECK(!peinfo->imports().empty() && !peinfo->imports()[0].functions().empty());
    CHECK(well(client.hash_exif(HASH)) && client.hash_apk_manifest(HASH)->package());
    CHECK(client.hash_appinfo(HASH)->entries().at(0).product_name().has_value());
    CHECK(client.hash_sandbox(HASH)->sandbox_id() && well(client.hash_vulnerability(HASH, 1)));
    CHECK(well(client.cve_list()) && well(client.cve_info("CVE-2024-1234")));
    CHECK(well(client.cve_products("CVE-2024-1234")) && well(client.cve_vendors("CVE-2024-1234")));
    CHECK(well(client.cve_hashes("CVE-2024-1234")));
}

static void reputation(const mdcloud::Client &client) {
    const auto one = client.ip_lookup("203.0.113.7");
    if (!CHECK(well(one))) return;
    CHECK(one->address() == "203.0.113.7" && !one->sources().empty() && one->sources()[0].provider());
    CHECK(one->geo() && one->geo()->country_code() && one->geo()->latitude() && !one->error());
    CHECK(client.url_lookup("http://malware.example/?x=1")->address() && !client.url_lookup("http://a.example/")->geo());
    CHECK(client.domain_lookup("malware.example")->detected_by().has_value());
    const auto many = client.ip_lookup_many({"203.0.113.1", "nonsense"});
    CHECK(well(many) && many->size() == 2 && (*many)[0].address() == "203.0.113.1" && !(*many)[0].error());
    CHECK((*many)[1].error()->status() == Status::InvalidArgument);
    CHECK(client.url_lookup_many(std::vector<std::string>{"http://a.example/"})->size() == 1);
    for (const mdcloud::Reputation &entry : *client.domain_lookup_many({"a.example", "b.example"}))
        CHECK(!entry.error() && entry.json().front() == '{');
}

static void sandbox_and_feeds(const mdcloud::Client &client) {
    const auto run = client.sandbox_submit_url("http://a.example/");
    CHECK(well(run) && well(client.sandbox_report(*run->sandbox_id())));
    const auto report = client.sandbox_wait(*run->sandbox_id());
    CHECK(well(report) && report->is_finished() && report->verdict() && report->threat_level());
    const auto page = client.feed_infected();
    CHECK(well(page) && page->entries().at(0).sha256() && page->view().string("/entries/0/sha256"));
    CHECK(well(client.feed_clean(std::nullopt, "E", 1)));
    CHECK(client.feed_hashes()->entries().at(0).download_link().has_value());
    CHECK(well(client.feed_false_positives(1)) && well(client.feed_false_positives(1, "Vir.IT eXplorer")));
    CHECK(client.feed_infected_top()->entries().at(0).rank().has_value());
    CHECK(!client.feed_infected_top("csv")->json().empty() && client.feed_infected_top("csv")->entries().size() < 1000);
    CHECK(client.feed_infected("today").status() == Status::InvalidArgument);
    CHECK(client.feed_infected(std::string_view("a\0b", 3)).status() == Status::InvalidArgument);
    CHECK(client.service_version()->string("/version").has_value());
    const auto engines = client.engine_definitions();
    CHECK(well(engines) && engines->size("") > std::size_t{10} && engines->member("", 0) && !engines->member("", 999));
}

static void many_scans(const mdcloud::Client &client) {
    std::vector<Source> sources;
    for (int i = 0; i < 6; ++i) sources.push_back(Source::bytes("file number " + std::to_string(i)));
    sources.push_back(Source::path("/nonexistent"));
    const auto outcomes = client.file_scan_many(sources);
    if (!CHECK(well(outcomes) && outcomes->size() == 7)) return;
    std::optional<mdcloud::Report> kept;
    for (const mdcloud::ScanOutcome &outcome : *outcomes) {
        const bool bad = outcome.index() == 6;
        CHECK(outcome.report().has_value() != bad && outcome.error().has_value() == bad);
        if (bad) CHECK(outcome.error()->status() == Status::Io);
        if (!bad) kept = outcome.report();
    }
    CHECK(kept->verdict() == Verdict::Clean && kept->view().string("/verdict") == "CLEAN");
#if MDCLOUD_EXCEPTIONS
    sources.push_back(Source::reader([](unsigned char *, std::size_t) -> std::int64_t { throw 42; }, 10));
    int caught = 0;
    try {
        (void)client.file_scan_many(sources);
    } catch (int thrown) {
        caught = thrown;
    }
    CHECK(caught == 42);
#endif
}

static void budgets(const mdcloud::Client &client) {
    std::vector<Source> sources;
    for (const char *text : {"one", "two", "one"}) sources.push_back(Source::bytes(text));
    const auto plan = client.plan(sources, MDCLOUD_PLAN_LIMITS);
    if (!CHECK(well(plan))) return;
    CHECK(plan->distinct() == 2 && plan->uploads() == 2 && plan->lookups() == 2 && plan->bytes() == 6);
    CHECK(plan->files().size() == 3 && plan->files()[2].duplicate_of() == 0 && !plan->files()[0].duplicate_of());
    CHECK(plan->uploads_now() == 2 && plan->files()[1].fits_now() == true && !plan->known());
    auto kept = client.reserve("reputation_api", 3).value();
    CHECK(client.quota()->json().find("\"reserved\":3") != std::string_view::npos);
    CHECK(well(client.ip_lookup("203.0.113.7", mdcloud::Options().set_reservation(kept).set_leave(1))));
    CHECK(client.quota()->json().find("\"reserved\":2") != std::string_view::npos);
    kept.release();
    CHECK(client.quota()->json().find("\"reserved\":2") == std::string_view::npos);
    CHECK(client.reserve("reputation_api", 0).status() == Status::InvalidArgument);
}

static void stored_bytes() {
    const auto report = mdcloud::Report::parse(R"({"data_id":"x","scan_results":{"scan_all_result_i":1}})");
    CHECK(well(report) && report->data_id() == "x" && report->verdict() == Verdict::Infected);
    CHECK(mdcloud::Report::parse("[]").status() == Status::Protocol);
    CHECK(mdcloud::Document::parse(R"({"a":[1,2]})")->integer("/a/1") == 2);
    CHECK(mdcloud::Document::parse("").status() == Status::Protocol);
}

int main() {
    auto created = mdcloud::Client::create();
    if (!CHECK(created.ok())) return sums();
    const mdcloud::Client client = std::move(created).value();
    files(client);
    clean_copies(client);
    what_is_known_of_a_hash(client);
    reputation(client);
    sandbox_and_feeds(client);
    many_scans(client);
    budgets(client);
    stored_bytes();
    return sums();
}
