// Runs one case file of tests/cases: cases FILE.json
// As cases.c, with mdcloud.hpp.
#include <mdcloud.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

using mdcloud::Document;
using std::string;
using std::chrono::milliseconds;

/// Why a case does not pass.
struct Different {
    string why;
};

/// What a call gave: the view of its result, or its error.
using Seen = mdcloud::Result<Document>;

/// One case, and what its first step gave.
class Case {
public:
    explicit Case(Document file) : file_(std::move(file)) {}

    std::size_t size(const string &at) const { return file_.size(at).value_or(0); }
    string member(const string &at, std::size_t index) const { return string(file_.member(at, index).value()); }
    bool has(const string &at) const { return file_.string(at) || file_.integer(at) || file_.size(at); }

    /// A text, with the first step's data_id in its place.
    std::optional<string> maybe(const string &at) const {
        const auto found = file_.string(at);
        if (!found) return std::nullopt;
        string text(*found);
        const std::size_t mark = text.find("$data_id");
        if (mark != string::npos) text.replace(mark, 8, data_id);
        return text;
    }
    string text(const string &at) const { return maybe(at).value(); }
    std::optional<std::int64_t> integer(const string &at) const { return file_.integer(at); }
    std::optional<bool> boolean(const string &at) const { return file_.boolean(at); }
    milliseconds time(const string &at) const {
        return milliseconds(static_cast<std::int64_t>(file_.number(at).value() * 1000 + 0.5));
    }
    /// Calls `use` with the name and the place of every member of an object.
    template <class Use> void members(const string &at, Use use) const {
        for (std::size_t i = 0; i < size(at); ++i) {
            const string name = member(at, i);
            use(name, at + "/" + token(name));
        }
    }
    string data_id;

private:
    static string token(const string &name) {
        string escaped;
        for (const char c : name) escaped += c == '/' ? "~1" : c == '~' ? "~0" : string(1, c);
        return escaped;
    }
    Document file_;
};

static mdcloud::Result<mdcloud::Client> new_client(const Case &file) {
    mdcloud::Config config;
    config.set_base_url(std::getenv("MDCLOUD_TEST_BASE_URL"));
    bool own_key = false;
    file.members("/client", [&](const string &name, const string &at) {
        if (name == "api_key") {
            own_key = true;
            if (const auto key = file.maybe(at)) config.set_api_key(*key);
        } else if (name == "base_url") {
            config.set_base_url(file.text(at));
        } else if (name == "throttle") {
            config.set_throttle(file.text(at));
        } else if (name == "retries") {
            config.set_retries(static_cast<std::uint32_t>(file.integer(at).value()));
        } else if (name == "max_wait") {
            config.set_max_wait(file.time(at));
        } else {
            throw Different{"client setting " + name};
        }
    });
    if (!own_key) config.set_api_key(std::getenv("MDCLOUD_TEST_KEY"));
    return mdcloud::Client::create(config);
}

static mdcloud::Options new_options(const Case &file, const string &step) {
    mdcloud::Options options;
    file.members(step + "/options", [&](const string &name, const string &at) {
        if (name == "max_wait") {
            options.set_max_wait(file.time(at));
        } else if (name == "deadline") {
            options.set_deadline(file.time(at));
        } else if (name == "reuse") {
            options.set_reuse(file.boolean(at).value());
        } else if (name == "filename") {
            options.set_filename(file.text(at));
        } else if (name == "rule") {
            options.set_rule(file.text(at));
        } else if (name == "archive_password") {
            options.set_archive_password(file.text(at));
        } else if (name == "file_password") {
            options.set_file_password(file.text(at));
        } else {
            throw Different{"option " + name};
        }
    });
    return options;
}

static mdcloud::Source new_source(const Case &file, const string &at) {
    if (file.maybe(at + "/sample"))
        return mdcloud::Source::bytes(R"(X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-)" "ANTIVIRUS-TEST-FILE!$H+H*");
    if (const auto text = file.maybe(at + "/text")) return mdcloud::Source::bytes(*text);
    if (const auto path = file.maybe(at + "/path")) return mdcloud::Source::path(*path);
    if (const auto text = file.maybe(at + "/file")) {
        std::ofstream("case-file", std::ios::binary) << *text;
        return mdcloud::Source::path("case-file");
    }
    if (const auto count = file.integer(at + "/bytes"))
        return mdcloud::Source::bytes(string(static_cast<std::size_t>(*count), '\0'));
    return mdcloud::Source::path(".");
}

template <class T> static Seen view(const mdcloud::Result<T> &result) {
    if (!result.ok()) return result.error();
    return result->view();
}

static Seen call(const mdcloud::Client &client, const Case &file, const string &step) {
    const mdcloud::Options options = new_options(file, step);
    const string name = file.text(step + "/call");
    const auto source = [&] { return new_source(file, step + "/source"); };
    if (name == "hash_lookup") return view(client.hash_lookup(file.text(step + "/hash"), options));
    if (name == "hash_lookup_many") {
        std::vector<string> hashes;
        for (std::size_t i = 0; i < file.size(step + "/hashes"); ++i)
            hashes.push_back(file.text(step + "/hashes/" + std::to_string(i)));
        return view(client.hash_lookup_many(hashes, options));
    }
    if (name == "file_scan") return view(client.file_scan(source(), options));
    if (name == "file_submit") return view(client.file_submit(source(), options));
    if (name == "file_report") return view(client.file_report(file.text(step + "/data_id"), options));
    if (name == "file_wait") return view(client.file_wait(file.text(step + "/data_id"), options));
    if (name == "apikey_info") return view(client.apikey_info(options));
    if (name == "apikey_limits") return view(client.apikey_limits(options));
    if (name == "apikey_limits_left") return view(client.apikey_limits_left(options));
    if (name == "call")
        return view(client.call(file.text(step + "/method"), file.text(step + "/path"), {}, std::nullopt, options));
    throw Different{"call " + name};
}

static bool fits(const mdcloud::Error &error, const Case &file, const string &name, const string &at) {
    static const char *const deliveries[] = {"NOT_SENT", "REFUSED", "UNKNOWN"};
    const auto wanted = file.maybe(at);
    const std::int64_t number = file.integer(at).value_or(0); // 0 stands for none
    if (name == "status") return wanted == mdcloud::name(error.status());
    if (name == "code") return number == error.code();
    if (name == "http_status") return number == error.http_status();
    if (name == "errno") return number == error.system_error();
    if (name == "family") return wanted == error.family();
    if (name == "request") return wanted == error.request();
    if (name == "data_id") return wanted == error.data_id();
    if (name == "delivery") return wanted == deliveries[static_cast<int>(error.delivery())];
    if (name == "is_local") return file.boolean(at) == error.is_local();
    if (name == "retry_after") {
        const auto after = error.retry_after();
        return after && file.time(at + "/0") <= *after && *after <= file.time(at + "/1");
    }
    return false;
}

static bool same(const Case &file, const string &wanted_at, const Document &seen, const string &at) {
    if (const auto wanted = file.maybe(wanted_at)) return wanted == seen.string(at);
    if (const auto wanted = file.boolean(wanted_at)) return wanted == seen.boolean(at);
    if (const auto wanted = file.integer(wanted_at)) return !seen.string(at) && wanted == seen.integer(at);
    return !file.has(wanted_at) && !seen.string(at) && !seen.boolean(at) && !seen.number(at) && !seen.size(at);
}

static void compare(const Case &file, const string &step, const Seen &seen) {
    const string expected = step + "/expect";
    const mdcloud::Error &error = seen.error();
    if (file.size(expected + "/error")) {
        file.members(expected + "/error", [&](const string &name, const string &at) {
            if (!fits(error, file, name, at)) throw Different{"error " + name + " is another; got: " + error.what()};
        });
        return;
    }
    if (!seen.ok()) throw Different{string("failed: ") + error.what()};
    file.members(expected, [&](const string &name, const string &at) {
        if (!same(file, at, *seen, "/" + name))
            throw Different{name + " is another; got: " + string(seen->json().substr(0, 600))};
    });
}

int main(int count, char **arguments) {
    std::ifstream opened(count == 2 ? arguments[1] : "", std::ios::binary);
    const string json(std::istreambuf_iterator<char>(opened), {});
    const auto parsed = Document::parse(json);
    if (!parsed.ok()) {
        std::cerr << "usage: cases FILE.json\n" << parsed.error().what() << '\n';
        return 2;
    }
    Case file(*parsed);
    const std::size_t steps = file.size("/steps");
    string step;
    try {
        const auto client = new_client(file);
        for (std::size_t i = 0; i < steps; ++i) {
            step = "/steps/" + std::to_string(i);
            const Seen seen = client.ok() ? call(*client, file, step) : Seen(client.error());
            if (i == 0 && seen.ok()) file.data_id = string(seen->string("/data_id").value_or(""));
            compare(file, step, seen);
        }
    } catch (const Different &different) {
        std::cout << step << ": " << different.why << '\n';
        return 1;
    }
    return steps > 0 ? 0 : 1;
}
