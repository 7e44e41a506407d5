// An HTTP server that takes uploads only when they are clean: upload_gate [PORT]
//
//     curl --data-binary @invoice.pdf -H 'X-Filename: invoice.pdf' http://127.0.0.1:8080/upload
//
//     200   clean
//     422   infected, suspicious, or not scanned in full: refused
//     503   no answer in time, or no quota left; Retry-After says when to try again
//
// Whatever goes wrong, nothing is let in. The body of every answer is JSON. A PORT of 0 takes any that is free;
// the address stands on the first line of output. The key comes from MDCLOUD_API_KEY. Ctrl-C stops the server,
// and the scans with it. Uses cpp-httplib (Debian: libcpp-httplib-dev).
#include <mdcloud.hpp>

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

namespace {

// What a signal handler may touch.
std::atomic<bool> stopping{false};

std::string quoted(std::string_view text) {
    std::string json = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') json += '\\';
        json += static_cast<unsigned char>(letter) < ' ' ? ' ' : letter;
    }
    return json + '"';
}

void answer(httplib::Response &response, int status, const std::string &json) {
    response.status = status;
    response.set_content(json + "\n", "application/json");
}

// Scans what came and answers. Only a report that says clean opens the gate.
void judge(const mdcloud::Client &client, const httplib::Request &request, httplib::Response &response) {
    if (request.body.empty()) return answer(response, 400, R"({"error":"the upload is empty"})");
    mdcloud::Options options;
    options.set_deadline(std::chrono::minutes(2)).set_max_wait(std::chrono::seconds(10));
    if (request.has_header("X-Filename")) options.set_filename(request.get_header_value("X-Filename"));
    const auto scanned = client.file_scan(mdcloud::Source::bytes(request.body), options);
    if (scanned.ok()) {
        const bool clean = scanned->verdict() == mdcloud::Verdict::Clean;
        std::string json = R"({"verdict":)" + quoted(name(scanned->verdict()));
        if (const auto threat = scanned->threat_name()) json += R"(,"threat":)" + quoted(*threat);
        return answer(response, clean ? 200 : 422, json + "}");
    }
    const mdcloud::Error &error = scanned.error();
    std::cerr << "upload_gate: " << error.what() << '\n';
    if (error.status() == mdcloud::Status::InvalidArgument) {
        return answer(response, 400, R"({"error":)" + quoted(error.what()) + "}");
    }
    if (const auto after = error.retry_after()) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(*after).count();
        response.set_header("Retry-After", std::to_string(seconds));
    }
    answer(response, 503, R"({"error":"the file could not be scanned","status":)" + quoted(name(error.status())) + "}");
}

} // namespace

int main(int count, char **arguments) {
    const int wanted = count > 1 ? std::atoi(arguments[1]) : 8080;
    const auto made = mdcloud::Client::create();
    if (!made.ok()) {
        std::cerr << "upload_gate: " << made.error().what() << '\n';
        return 1;
    }
    const mdcloud::Client &client = *made;

    httplib::Server server;
    server.set_payload_max_length(32u << 20);
    server.Post("/upload", [&](const httplib::Request &request, httplib::Response &response) {
        judge(client, request, response);
    });
    const bool bound = wanted != 0 && server.bind_to_port("127.0.0.1", wanted);
    const int port = wanted == 0 ? server.bind_to_any_port("127.0.0.1") : bound ? wanted : -1;
    if (port <= 0) {
        std::cerr << "upload_gate: port " << wanted << " is not free\n";
        return 1;
    }
    std::cout << "listening on http://127.0.0.1:" << port << "/upload" << std::endl;

    std::signal(SIGINT, [](int) { stopping = true; });
    std::thread watch([&] {
        while (!stopping) std::this_thread::sleep_for(std::chrono::milliseconds(50));
        client.close(); // ends the scans, so that their requests get an answer
        server.stop();
    });
    server.listen_after_bind();
    stopping = true;
    watch.join();
    return 0;
}
