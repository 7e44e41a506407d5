// Scans files: scan [--json] FILE...
//
//     --demo            two samples from memory: a clean text, and the EICAR test file
//     --throttle-demo   looks up hashes until the service says that it is too much
//     --json            one JSON object per line
//
// The key comes from MDCLOUD_API_KEY. Ends with 0 if all went well, 1 if something failed, 2 for wrong use.
#include <mdcloud.hpp>

#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

bool as_json = false;

std::string json_text(std::optional<std::string_view> text) {
    if (!text) return "null";
    std::string quoted = "\"";
    for (const char letter : *text) {
        if (letter == '"' || letter == '\\') {
            quoted += '\\';
            quoted += letter;
        } else if (static_cast<unsigned char>(letter) < ' ') {
            char code[8];
            std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(letter));
            quoted += code;
        } else {
            quoted += letter;
        }
    }
    return quoted + '"';
}

// Texts of the service go to a terminal: no control characters.
std::string plain(std::string_view text) {
    std::string clean(text);
    for (char &letter : clean)
        if (static_cast<unsigned char>(letter) < ' ' || letter == 127) letter = ' ';
    return clean;
}

std::string seconds(const mdcloud::Error &error) {
    const auto after = error.retry_after();
    if (!after) return "null";
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", std::chrono::duration<double>(*after).count());
    return text;
}

void print(std::string_view file, const mdcloud::Error &error) {
    if (!as_json) {
        std::cerr << (file.empty() ? "scan" : file) << ": " << error.what() << '\n';
        return;
    }
    std::cout << R"({"language":"C++")";
    if (!file.empty()) std::cout << R"(,"file":)" << json_text(file);
    std::cout << R"(,"error":{"status":")" << name(error.status()) << R"(","code":)"
              << (error.code() != 0 ? std::to_string(error.code()) : "null") << R"(,"retry_after":)" << seconds(error)
              << R"(,"is_local":)" << (error.is_local() ? "true" : "false") << "}}" << std::endl;
}

void print(std::string_view file, const mdcloud::Report &report, std::chrono::duration<double, std::milli> waited) {
    const auto detected = report.detected_engines().value_or(0), total = report.total_engines().value_or(0);
    const auto threat = report.threat_name();
    if (as_json) {
        std::cout << R"({"language":"C++","file":)" << json_text(file) << R"(,"verdict":")" << name(report.verdict())
                  << R"(","detected":)" << detected << R"(,"total":)" << total << R"(,"threat":)" << json_text(threat)
                  << R"(,"waited_ms":)" << static_cast<long long>(waited.count()) << "}" << std::endl;
    } else {
        std::cout << file << ": " << name(report.verdict()) << "  " << detected << '/' << total << " engines";
        if (threat) std::cout << "  " << plain(*threat);
        std::cout << std::endl;
    }
}

void scan(const mdcloud::Client &client, std::string_view name, const mdcloud::Source &source) {
    const auto start = std::chrono::steady_clock::now();
    mdcloud::Options options;
    options.set_filename(name);
    const mdcloud::Report report = client.file_scan(source, options).value();
    print(name, report, std::chrono::steady_clock::now() - start);
}

void demo(const mdcloud::Client &client) {
    scan(client, "clean.txt", mdcloud::Source::bytes("Nothing to see here.\n"));
    // In two halves, so that no scanner stumbles over this program.
    const std::string eicar = std::string(R"(X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-)") + "ANTIVIRUS-TEST-FILE!$H+H*";
    scan(client, "eicar.com", mdcloud::Source::bytes(eicar));
}

// Looks up hashes without ever waiting, until the service, or the ledger, says that it is too much.
bool throttle_demo(const mdcloud::Client &client) {
    mdcloud::Options options;
    options.set_max_wait(std::chrono::milliseconds(0));
    for (int round = 0; round < 1000; ++round) {
        const auto results = client
                                 .hash_lookup_many({"44d88612fea8a8f36de82e1278abb02f", "d41d8cd98f00b204e9800998ecf8427e"},
                                                   options)
                                 .value();
        const auto error = results[0].error();
        if (!error) continue;
        if (as_json || error->status() != mdcloud::Status::Throttled) {
            print("", *error);
        } else {
            std::cout << name(error->status()) << "  code " << error->code() << "  retry after " << seconds(*error)
                      << " s  " << (error->is_local() ? "found here, nothing was sent" : "said by the service") << '\n';
        }
        return error->status() == mdcloud::Status::Throttled;
    }
    std::cerr << "scan: the service never said that it was too much\n";
    return false;
}

} // namespace

int main(int count, char **arguments) {
    std::vector<std::string_view> wanted;
    for (int i = 1; i < count; ++i) {
        if (std::string_view(arguments[i]) == "--json") {
            as_json = true;
        } else {
            wanted.emplace_back(arguments[i]);
        }
    }
    if (wanted.empty()) {
        std::cerr << "usage: scan [--json] [--demo] [--throttle-demo] [FILE...]\n";
        return 2;
    }
    bool well = true;
    std::string_view file;
    try {
        const mdcloud::Client client;
        for (const std::string_view argument : wanted) {
            try {
                file = argument.substr(0, 2) == "--" ? "" : argument;
                if (argument == "--demo") {
                    demo(client);
                } else if (argument == "--throttle-demo") {
                    well &= throttle_demo(client);
                } else {
                    scan(client, argument, mdcloud::Source::path(argument));
                }
            } catch (const mdcloud::Error &error) {
                print(file, error);
                well = false;
            }
        }
    } catch (const mdcloud::Error &error) {
        print("", error);
        return 1;
    }
    return well ? 0 : 1;
}
