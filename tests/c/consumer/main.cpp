// A program of a user, for any standard from C++17 on, with exceptions and without.
#include <mdcloud.hpp>

#include <iostream>

mdcloud::Status key_is_taken(const mdcloud::Client &client); // second.cpp

int main() {
    auto client = mdcloud::Client::create();
    const mdcloud::Status status = client.ok() ? key_is_taken(*client) : client.status();
    std::cout << mdcloud::version() << ' ' << name(status) << '\n';
    return status == mdcloud::Status::Ok ? 0 : 1;
}
