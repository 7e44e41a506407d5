// mdcloud.hpp against an emulator. Address and key come from MDCLOUD_BASE_URL and MDCLOUD_API_KEY.
// Built twice: with exceptions, and with -fno-exceptions for the half that does not throw.
#include <mdcloud.hpp>

#include "check.h"

#include <algorithm>
#include <string>
#include <thread>

mdcloud::Status from_a_second_file(const mdcloud::Client &client); // second.cpp

using namespace std::chrono_literals;
using mdcloud::Status;
using mdcloud::Verdict;

static const char UNKNOWN_HASH[] = "00000000000000000000000000000000";
static const std::string EICAR = std::string(R"(X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-)") + "ANTIVIRUS-TEST-FILE!$H+H*";

static_assert(!std::is_copy_constructible_v<mdcloud::Client> && std::is_move_constructible_v<mdcloud::Client>);
static_assert(std::is_nothrow_copy_constructible_v<mdcloud::Error>);
static_assert(Status::Throttled == MDCLOUD_STATUS_THROTTLED && Verdict::Clean != MDCLOUD_VERDICT_INFECTED);

static void reports(const mdcloud::Client &client) {
    mdcloud::Options options;
    options.set_filename("eicar.com").set_deadline(30s).set_rule({"multiscan"}).set_reuse(false);
    const auto result = client.file_scan(mdcloud::Source::bytes(EICAR), options);
    if (!CHECK(result.ok() && result)) return;
    CHECK(result.error().status() == Status::Ok);
    const mdcloud::Report report = *result;
    CHECK(report.verdict() == Verdict::Infected && name(report.verdict()) == "INFECTED");
    CHECK(report.verdict() == MDCLOUD_VERDICT_INFECTED);
    CHECK(report.is_finished() && report.detected_engines() > 0 && report.threat_name());
    CHECK(report.display_name() == "eicar.com" && report.file_size() == 68);
    CHECK(!report.sanitized() && report.process_info() && report.process_info()->result());
    CHECK(report.extracted_files().empty() && report.process_info()->verdicts().size() < 10);
    const auto engines = report.engines();
    CHECK(static_cast<std::int64_t>(engines.size()) == report.total_engines());
    int threats = 0;
    for (const mdcloud::Engine &engine : engines) threats += engine.threat().has_value();
    CHECK(threats == report.detected_engines() && engines[0].name() && engines[0].definition_time());
    CHECK(report.json().front() == '{' && report.json().back() == '}');
    CHECK(report.integer("/scan_results/total_avs") == report.total_engines() && !report.string("/none"));
    CHECK(report.size("/scan_results/scan_details") == engines.size());
    CHECK(client.file_report(*report.data_id())->data_id() == report.data_id());
    CHECK(client.file_wait(*report.data_id()).ok());
    CHECK(client.hash_lookup(*report.sha256())->sha256() == report.sha256());
    CHECK(client.file_submit(mdcloud::Source::bytes("x"))->data_id().has_value());
    const std::vector<unsigned char> row = {'r', 'o', 'w'};
    CHECK(client.file_scan(mdcloud::Source::bytes(row))->file_size() == 3);
    CHECK(client.file_scan(mdcloud::Source::bytes(mdcloud::Bytes(row.data(), 2)))->file_size() == 2);
}

static void errors(const mdcloud::Client &client) {
    const auto unknown = client.hash_lookup(UNKNOWN_HASH);
    CHECK(!unknown.ok() && unknown.status() == Status::NotFound);
    const mdcloud::Error error = unknown.error();
    CHECK(error.code() == 404003 && error.http_status() == 404 && !error.retry_after() && !error.is_local());
    CHECK(error.messages().size() == 1 && error.request() && !error.data_id() && error.system_error() == 0);
    CHECK(error.delivery() == mdcloud::Delivery::Refused && error.raw().front() == '{');
    CHECK(std::string_view(error.what()).find("404003") != std::string_view::npos);
    const std::string cut("abc\0def", 7);
    CHECK(client.hash_lookup(cut).status() == Status::InvalidArgument);
    CHECK(client.file_scan(mdcloud::Source::path(cut)).status() == Status::InvalidArgument);
    CHECK(client.file_scan(mdcloud::Source::reader(nullptr, 1)).status() == Status::InvalidArgument);
    CHECK(client.file_scan(mdcloud::Source::path("/nonexistent")).error().system_error() == 2);
    mdcloud::Config config;
    config.set_throttle("often").set_timeout(std::nullopt).set_read_timeout(5s);
    const auto refused = mdcloud::Client::create(config);
    CHECK(refused.status() == Status::InvalidArgument);
    CHECK(std::string_view(refused.error().what()).find("throttle") != std::string_view::npos);
    mdcloud::Options options;
    options.set_metadata("{");
    CHECK(client.apikey_info(options).status() == Status::InvalidArgument);
}

static void many(const mdcloud::Client &client) {
    const auto results = client.hash_lookup_many({UNKNOWN_HASH, "oops"});
    if (!CHECK(results.ok())) return;
    CHECK(results->size() == 2 && !results->empty() && results->json().front() == '[');
    const mdcloud::HashResult known = (*results)[0];
    CHECK(known.hash() == UNKNOWN_HASH && !known.is_known() && !known.error() && known.engines().empty());
    CHECK(known.verdict() == Verdict::Unknown && known.json().front() == '{');
    std::optional<mdcloud::Error> kept;
    for (const auto &entry : client.hash_lookup_many(std::vector<std::string>{"oops"}).value()) kept = entry.error();
    CHECK(kept && kept->status() == Status::InvalidArgument && std::string_view(kept->what()).size() > 5);
}

static void the_rest(mdcloud::Client &client) {
    CHECK(client.apikey_info()->limit_prevention() > 0 && client.apikey_info()->is_paid() == false);
    CHECK(client.apikey_limits_left()->amount("reputation_api") > 0 && client.apikey_limits().ok());
    const auto answer = client.call("POST", "/hash", {{"x-test", "1"}}, R"({"hash":["00000000000000000000000000000000"]})");
    CHECK(answer.ok() && answer->json().size() > 2);
    CHECK(client.call("GET", "nowhere").status() == Status::InvalidArgument);
    CHECK(client.quota()->string("/families/0/name") && mdcloud::quota()->size("") > std::size_t{0});
    CHECK(mdcloud::tracker_info()->string("/version") == mdcloud::version());
    CHECK(mdcloud::name(MDCLOUD_OPERATION_FILE_SUBMIT) == "file_submit");
    mdcloud::Client moved = std::move(client);
    CHECK(client.get() == nullptr && client.apikey_info().status() == Status::InvalidArgument);
    client = std::move(moved);
    CHECK(from_a_second_file(client) == Status::Ok);
}

static void callbacks(const mdcloud::Client &client) {
    std::size_t left = 100;
    const auto read = [&](unsigned char *buffer, std::size_t size) {
        const std::size_t count = std::min<std::size_t>({left, size, 7});
        std::fill_n(buffer, count, 'y');
        left -= count;
        return count;
    };
    int told = 0;
    mdcloud::Options options;
    options.set_progress([&](const mdcloud::Progress &progress) { told += progress.phase == mdcloud::Phase::Scan; });
    CHECK(client.file_scan(mdcloud::Source::reader(read, 100), options)->file_size() == 100 && told > 0);
    options.set_progress([](const mdcloud::Progress &) { return false; });
    CHECK(client.file_scan(mdcloud::Source::bytes(EICAR), options.set_reuse(false)).status() == Status::Cancelled);

    mdcloud::Cancel cancel;
    mdcloud::Options ending;
    ending.set_cancel(cancel);
    std::thread other([cancel] {
        std::this_thread::sleep_for(300ms);
        cancel.cancel();
    });
    const auto endless = mdcloud::Source::bytes("MDCLOUD-RESULT:254");
    CHECK(client.file_scan(endless, ending).status() == Status::Cancelled && cancel.is_cancelled());
    other.join();
#if MDCLOUD_EXCEPTIONS
    // What a callback throws comes out of the call, and the client goes on.
    const auto throwing = mdcloud::Source::reader([](unsigned char *, std::size_t) -> std::int64_t { throw 42; }, 10);
    int caught = 0;
    try {
        (void)client.file_submit(throwing);
    } catch (int thrown) {
        caught = thrown;
    }
    CHECK(caught == 42);
    options.set_progress([](const mdcloud::Progress &) { throw std::string("stop"); });
    try {
        (void)client.file_scan(endless, options);
    } catch (const std::string &thrown) {
        ++caught;
    }
    CHECK(caught == 43 && client.apikey_info().ok());
#endif
}

static void the_log(const mdcloud::Client &client) {
    int told = 0;
    CHECK(mdcloud::set_log(mdcloud::LogLevel::Debug, [&](mdcloud::LogLevel level, std::string_view line) {
              told += level == mdcloud::LogLevel::Debug && line.find("/apikey") != line.npos;
          }).ok());
    CHECK(client.apikey_info().ok() && told == 1);
#if MDCLOUD_EXCEPTIONS
    CHECK(mdcloud::set_log(mdcloud::LogLevel::Debug, [&](auto, auto) { ++told, throw 42; }).ok());
    CHECK(client.apikey_info().ok() && told == 2);
#endif
    const int before = told;
    CHECK(mdcloud::set_log(mdcloud::LogLevel(0), [&](auto, auto) { ++told; }).status() == Status::InvalidArgument);
    CHECK(mdcloud::set_log(mdcloud::LogLevel::Debug, nullptr).ok() && client.apikey_info().ok() && told == before);
}

#if MDCLOUD_EXCEPTIONS
static void exceptions(const mdcloud::Client &client) {
    int caught = 0;
    try {
        (void)client.hash_lookup(UNKNOWN_HASH).value();
    } catch (const mdcloud::Error &error) {
        caught += error.status() == Status::NotFound && error.code() == 404003;
    }
    try {
        const mdcloud::Client none(mdcloud::Config().set_base_url("nonsense"));
    } catch (const std::exception &error) {
        caught += std::string_view(error.what()).find("base_url") != std::string_view::npos;
    }
    CHECK(caught == 2);
}
#endif

int main() {
    auto created = mdcloud::Client::create();
    if (!CHECK(created.ok())) return sums();
    mdcloud::Client client = std::move(created).value();
    reports(client);
    errors(client);
    many(client);
    the_rest(client);
    callbacks(client);
    the_log(client);
#if MDCLOUD_EXCEPTIONS
    exceptions(client);
#endif
    client.close();
    CHECK(client.apikey_info().status() == Status::Cancelled);
    return sums();
}
